import { type ApiError, asApiError } from '../api/errors';
import { pauseMs } from '../lib/pause';
import { toast } from '../ui/toasts';
import { type FirestoreAccess, loadFirestore, type QueryOptions, type Row } from './firestore';

/** The failed attempt from which on a toast says so: until then it may be the network. */
const REPORTED_FROM = 4;
const REPORTED_EVERY_MS = 30_000;

/** Hears of every attempt that failed; another follows it. */
type OnFailure = (error: ApiError, attempt: number) => void;

/** Listens to a document (null: there is none) until the returned function is called. */
export function listenDocument<Data>(
  path: string,
  onValue: (value: Data | null) => void,
  failed: OnFailure = reportFailure,
): () => void {
  return keepOpen<Data | null>((store, news, end) => store.listenDocument(path, news, end), onValue, failed);
}

/** Listens to the documents of a query until the returned function is called. */
export function listenQuery<Data>(
  path: string,
  options: QueryOptions,
  onRows: (rows: Row<Data>[]) => void,
  failed: OnFailure = reportFailure,
): () => void {
  return keepOpen<Row<Data>[]>(
    (store, news, end) => store.listenQuery(path, options, news, end),
    onRows,
    failed,
  );
}

type Subscribe<Value> = (
  store: FirestoreAccess,
  onNews: (value: Value) => void,
  onEnd: (error: ApiError) => void,
) => () => void;

/** When the listener ends with an error, or Firestore's code does not load, it starts again after a pause. */
function keepOpen<Value>(subscribe: Subscribe<Value>, onValue: (value: Value) => void, failed: OnFailure) {
  let open = true;
  let attempt = 0;
  let close = () => {};
  const again = (error: ApiError) => {
    if (!open) return;
    failed(error, attempt);
    const timer = setTimeout(start, pauseMs(attempt++));
    close = () => clearTimeout(timer);
  };
  const start = () => {
    loadFirestore().then(
      (store) => {
        if (open) close = subscribe(store, news, again);
      },
      (error) => again(asApiError(error)),
    );
  };
  const news = (value: Value) => {
    attempt = 0;
    if (open) onValue(value);
  };
  start();
  return () => {
    open = false;
    close();
  };
}

let reportedAt = Number.NEGATIVE_INFINITY;

/** Once for all listeners, and again while it lasts: a part of the page that did not load comes with a reload only. */
function reportFailure(error: ApiError, attempt: number): void {
  if (attempt < REPORTED_FROM || performance.now() - reportedAt < REPORTED_EVERY_MS) return;
  reportedAt = performance.now();
  toast(error.message, { label: 'Reload', run: () => location.reload() });
}
