import { useEffect, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { activeIds, type Dataset, datasets, removeDataset, setActive } from './datasets';
import { rowsInWords } from './rowCount';
import { ACTIVE_LIMIT } from './selection';

const DAY = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** One dataset: ticked when questions are about it; how it was read, what was skipped, removing. */
export function DatasetRow({ dataset, onRejects }: { dataset: Dataset; onRejects: () => void }) {
  const [removing, setRemoving] = useState(false);
  const remove = useRef<HTMLButtonElement>(null);
  const keep = () => {
    setRemoving(false);
    requestAnimationFrame(() => remove.current?.focus());
  };
  if (removing) return <Removal dataset={dataset} onKeep={keep} />;
  return (
    <li class="data-row">
      <Choice dataset={dataset} />
      <div class="data-facts">
        {dataset.rejects > 0 && (
          <button type="button" class="button quiet small" onClick={onRejects}>
            {rowsInWords(dataset.rejects)} skipped: see why
          </button>
        )}
        {dataset.notes.length > 0 && (
          <details class="data-notes disclosure">
            <summary>
              <Icon name="right" />
              How it was read
            </summary>
            <ul>
              {dataset.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <button
        type="button"
        ref={remove}
        class="icon-button small data-remove"
        aria-label={`Remove ${dataset.name}`}
        onClick={() => setRemoving(true)}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}

/** With one file there is nothing to choose; of several, one stays ticked. */
function Choice({ dataset }: { dataset: Dataset }) {
  const active = activeIds.value;
  const chosen = active.includes(dataset.id);
  const isLast = chosen && active.length === 1;
  const isFull = !chosen && active.length >= ACTIVE_LIMIT;
  const ready = datasets.value.filter(({ status }) => status === 'ready');
  const toggle = () => setActive(chosen ? active.filter((id) => id !== dataset.id) : [...active, dataset.id]);
  const facts = (
    <>
      <span class="data-name">{dataset.name}</span>
      <span class={dataset.status === 'failed' ? 'data-state bad' : 'data-state num'}>
        {stateOf(dataset)}
      </span>
    </>
  );
  if (dataset.status !== 'ready' || ready.length < 2) return <div class="data-only">{facts}</div>;
  return (
    <label
      class="data-choice"
      title={isLast ? 'Tick another file first: questions are about one at least.' : ''}
    >
      <input
        type="checkbox"
        checked={chosen}
        disabled={isFull}
        aria-disabled={isLast}
        onClick={(event) => isLast && event.preventDefault()}
        onChange={toggle}
      />
      {facts}
    </label>
  );
}

function stateOf({ status, rows, model, createdAt, error }: Dataset): string {
  if (status === 'failed') return error?.message ?? 'It could not be read. Remove it and upload it again.';
  if (status === 'receiving') {
    return `${rowsInWords(rows)} so far. If no upload is running any more, remove it and upload it again.`;
  }
  return [rowsInWords(rows), model, DAY.format(createdAt)].filter(Boolean).join(' · ');
}

function Removal({ dataset, onKeep }: { dataset: Dataset; onKeep: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  const remove = () =>
    removeDataset(dataset.id).catch((error: unknown) =>
      toast(`${dataset.name} was not removed. ${asApiError(error).message}`),
    );
  return (
    <li class="data-row data-removal">
      <p>Remove {dataset.name}? Answers you have stay; new questions cannot use it.</p>
      <div class="dialog-actions">
        <button type="button" class="button small" ref={keep} onClick={onKeep}>
          Keep it
        </button>
        <button type="button" class="button small danger" onClick={remove}>
          Remove
        </button>
      </div>
    </li>
  );
}
