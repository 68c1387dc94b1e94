import './choices.css';
import { useId } from 'preact/hooks';

interface Props<Value> {
  legend: string;
  options: readonly { value: Value; name: string; text: string }[];
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** One of a few ways, each with what it means. */
export function Choices<Value>({ legend, options, chosen, onChoose }: Props<Value>) {
  const group = useId();
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {options.map(({ value, name, text }) => (
        <label key={name} class="choice">
          <input type="radio" name={group} checked={chosen === value} onChange={() => onChoose(value)} />
          <span class="choice-name">{name}</span>
          <span class="choice-text">{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
