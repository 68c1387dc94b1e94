import { lazy } from '../ui/lazy';
import { closeData, dataOpened } from './dataOpen';
import { cancelUpload, uploads } from './uploads';

const data = lazy(async () => (await import('./DataDialog')).DataDialog);
const model = lazy(async () => (await import('./ModelDialog')).ModelDialog);

/** Fetches the dialog with the user's data ahead of its use. */
export const prefetchData = data.prefetch;

/** The user's data, where they are open, and the question for a log's model, where there is one. */
export function DataDialogs() {
  const asking = uploads.value.find(({ state }) => state === 'needs_model');
  return (
    <>
      {dataOpened.value && <data.Part onMissing={closeData} />}
      {asking && <model.Part onMissing={() => cancelUpload(asking.key)} />}
    </>
  );
}
