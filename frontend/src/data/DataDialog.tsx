import './data.css';
import './dataList.css';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { DatasetRow } from './DatasetRow';
import { closeData } from './dataOpen';
import { datasets, hasOlderDatasets, showOlderDatasets } from './datasets';
import { chooseFiles } from './fileChooser';
import { RejectsView } from './RejectsView';
import { StarterData } from './StarterData';
import { UploadRow } from './UploadRow';
import { addSample, uploads } from './uploads';

/** The user's data: what questions are about, what was skipped, adding and removing. */
export function DataDialog() {
  const [opened, setOpened] = useState('');
  const rejectsOf = datasets.value.find(({ id }) => id === opened); // not one of a user who has left
  return (
    <Dialog title={rejectsOf ? 'Skipped rows' : 'Your data'} onClose={closeData}>
      {rejectsOf ? (
        <RejectsView dataset={rejectsOf} onBack={() => setOpened('')} />
      ) : (
        <DataList onRejects={setOpened} />
      )}
    </Dialog>
  );
}

function DataList({ onRejects }: { onRejects: (datasetId: string) => void }) {
  const underWay = uploads.value;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const lost = document.activeElement === document.body; // what had the focus was removed
    if (lost) list.current?.querySelector<HTMLElement>('.data-actions button')?.focus();
  });
  const shown = datasets.value.filter(({ id }) => !underWay.some(({ datasetId }) => datasetId === id));
  const choosable = shown.filter(({ status }) => status === 'ready').length > 1;
  if (shown.length + underWay.length === 0) {
    return (
      <div ref={list}>
        <StarterData />
      </div>
    );
  }
  return (
    <div class="data-form" ref={list}>
      <p class="data-hint">
        {choosable && 'Your next question is about the ticked files. '}
        Of each file only sums are kept: no rows, no prompts, no outputs.
      </p>
      <ul class="data-list">
        {underWay.map((upload) => (
          <UploadRow key={upload.key} upload={upload} />
        ))}
        {shown.map((dataset) => (
          <DatasetRow key={dataset.id} dataset={dataset} onRejects={() => onRejects(dataset.id)} />
        ))}
      </ul>
      {hasOlderDatasets.value && (
        <button type="button" class="button small quiet" onClick={showOlderDatasets}>
          Show older files
        </button>
      )}
      <div class="data-actions">
        <button type="button" class="button" onClick={chooseFiles}>
          <Icon name="upload" />
          Add a file
        </button>
        <button type="button" class="button quiet" onClick={addSample}>
          Use the sample data
        </button>
      </div>
    </div>
  );
}
