import './data.css';
import { Icon } from '../ui/Icon';
import { prefetchData } from './Dialogs';
import { openData } from './dataOpen';
import { activeIds, type Dataset, datasets } from './datasets';
import { rowsInWords } from './rowCount';
import { type Upload, uploads } from './uploads';

/** What the next question is about, and how an upload goes; opens the data. */
export function DataChip() {
  const moving = uploads.value.find(({ state }) => state === 'reading' || state === 'sending');
  const active = datasets.value.filter(({ id }) => activeIds.value.includes(id));
  return (
    <button
      type="button"
      class={moving || active.length > 0 ? 'data-chip' : 'data-chip none'}
      aria-haspopup="dialog"
      onClick={openData}
      onPointerEnter={prefetchData}
      onFocus={prefetchData}
    >
      <Icon name={moving ? 'upload' : active.length > 0 ? 'table' : 'plus'} />
      {moving ? <Moving upload={moving} /> : <Active items={active} />}
    </button>
  );
}

function Moving({ upload }: { upload: Upload }) {
  return (
    <>
      <span class="data-chip-name">{upload.name}</span>
      <progress
        class="progress-bar"
        max={upload.size || 1}
        value={upload.sent || undefined}
        aria-label={`Uploading ${upload.name}`}
      />
    </>
  );
}

function Active({ items }: { items: readonly Dataset[] }) {
  const [first] = items;
  if (!first) return <span class="data-chip-name">Add data</span>;
  const rows = items.reduce((sum, each) => sum + each.rows, 0);
  return (
    <>
      <span class="visually-hidden">Questions are about </span>
      <span class="data-chip-name">{items.length === 1 ? first.name : `${items.length} files`}</span>
      <span class="data-chip-rows num">{rowsInWords(rows)}</span>
    </>
  );
}
