import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { KEY_NAME_LIMIT, type NewKeyReply } from '../contract/contract';
import { Choices } from '../ui/Choices';
import type { KeyList } from './keyList';

const KINDS = [
  { value: false, name: 'Files', text: 'Sends usage logs over HTTPS, as often as your program likes.' },
  {
    value: true,
    name: 'Live data',
    text: 'Goes with messages over Pub/Sub, so that usage is counted as it happens.',
  },
] as const;

interface Props {
  make: KeyList['make'];
  onMade: (made: NewKeyReply) => void;
  onCancel: () => void;
}

/** A key to be made: its name, and what it is for. */
export function KeyForm({ make, onMade, onCancel }: Props) {
  const [live, setLive] = useState(false);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const field = useId();
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = input.current?.value.trim() ?? '';
    if (busy) return;
    if (!name) {
      setProblem('Give the key a name, for example nightly export.');
      input.current?.focus();
      return;
    }
    setBusy(true);
    try {
      onMade(await make({ name, live }));
    } catch (error) {
      setProblem(problemInWords(error));
      setBusy(false);
      input.current?.focus();
    }
  };
  return (
    <form class="keys-form" noValidate onSubmit={(event) => void submit(event)}>
      <div class="field">
        <label for={field}>Name</label>
        <input
          ref={input}
          id={field}
          class="input"
          maxLength={KEY_NAME_LIMIT}
          autocomplete="off"
          placeholder="nightly export"
          aria-invalid={Boolean(problem)}
          aria-describedby={`${field}-problem`}
          onInput={() => setProblem('')}
        />
        <p class="field-error" id={`${field}-problem`} role="alert">
          {problem}
        </p>
      </div>
      <Choices legend="What it is for" options={KINDS} chosen={live} onChoose={setLive} />
      <div class="dialog-actions">
        <button type="button" class="button quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? 'One moment…' : 'Make the key'}
        </button>
      </div>
    </form>
  );
}

/** A key whose reply was lost exists, and nobody knows its secret. */
function problemInWords(error: unknown): string {
  const { message, status } = asApiError(error);
  return status > 0 ? message : `${message} If the key is in your list then, delete it: its secret is lost.`;
}
