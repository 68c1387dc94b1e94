import { useId } from 'preact/hooks';
import { MODEL_NAMES } from '../contract/contract';

interface Props {
  label: string;
  value: string;
  example: string;
  error?: string;
  takesFocus?: boolean;
  onInput: (model: string) => void;
}

/** The name of a model; those that Apex knows are proposed. */
export function ModelField({ label, value, example, error = '', takesFocus = false, onInput }: Props) {
  const field = useId();
  return (
    <div class="field">
      <label for={field}>{label}</label>
      <input
        id={field}
        class="input"
        autofocus={takesFocus}
        list={`${field}-known`}
        value={value}
        maxLength={100}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={example}
        aria-invalid={Boolean(error)}
        aria-describedby={`${field}-error`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <datalist id={`${field}-known`}>
        {MODEL_NAMES.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <p class="field-error" id={`${field}-error`} role="alert">
        {error}
      </p>
    </div>
  );
}
