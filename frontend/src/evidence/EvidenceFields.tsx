import { useId } from 'preact/hooks';
import { ModelField } from '../ui/ModelField';
import type { EvidenceInput } from './submit';

interface Props {
  entered: EvidenceInput;
  change: (what: Partial<EvidenceInput>) => void;
}

/** The file, and of a sample which models it is about. */
export function EvidenceFields({ entered, change }: Props) {
  const file = useId();
  return (
    <>
      <div class="field">
        <label for={file}>File</label>
        <input
          id={file}
          type="file"
          class="input evidence-file"
          onChange={(event) => change({ file: event.currentTarget.files?.[0] ?? null })}
        />
      </div>
      {entered.kind === 'replay' && <SampleFields entered={entered} change={change} />}
    </>
  );
}

function SampleFields({ entered, change }: Props) {
  const feature = useId();
  return (
    <>
      <ModelField
        label="Answers are from"
        value={entered.reference}
        example="gpt-4o"
        onInput={(reference) => change({ reference })}
      />
      <ModelField
        label="Try instead"
        value={entered.candidate}
        example="gpt-4o-mini"
        onInput={(candidate) => change({ candidate })}
      />
      <div class="field">
        <label for={feature}>Feature (optional)</label>
        <input
          id={feature}
          class="input"
          value={entered.feature}
          maxLength={200}
          autocomplete="off"
          placeholder="support-chat"
          onInput={(event) => change({ feature: event.currentTarget.value })}
        />
      </div>
    </>
  );
}
