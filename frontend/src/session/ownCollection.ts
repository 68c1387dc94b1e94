import { effect } from '@preact/signals';
import { type ApiError, asApiError } from '../api/errors';
import { loadFirestore } from '../firebase/firestore';
import { pauseMs } from '../firebase/pause';
import { toast } from '../ui/toasts';
import { userId } from './session';

/** The failed attempt from which on the user is told: until then it may be the network. */
const TOLD_FROM = 4;
const TOLD_EVERY_MS = 30_000;

/**
 * Keeps listening to the newest of a collection below the user's document, `page` of them at first; begins anew for
 * another user, after `on.user`. Lives as long as the page. Gives the way to a page more, of the older ones.
 */
export function listenOwn<T>(
  name: string,
  { orderBy, page }: { orderBy: string; page: number },
  on: {
    user: (uid: string | null) => void;
    rows: (rows: { id: string; data: T }[], hasOlder: boolean) => void;
  },
): () => void {
  let bound: string | null = null;
  let limit = page;
  let stop = () => {};
  effect(() => {
    const uid = userId();
    if (uid === bound) return;
    bound = uid;
    limit = page;
    stop();
    on.user(uid);
    if (uid) stop = bind(uid);
  });
  return () => {
    limit += page;
    stop();
    if (bound) stop = bind(bound);
  };

  function bind(uid: string): () => void {
    let open = true;
    let close = () => {};
    const shown = limit;
    const order = { orderBy: [orderBy, 'desc'] as const, limit: shown + 1 }; // the one more tells that there are older ones
    const onRows = (rows: { id: string; data: T }[]) => on.rows(rows.slice(0, shown), rows.length > shown);
    const start = async (attempt: number) => {
      try {
        const store = await loadFirestore();
        if (open) close = store.listenQuery<T>(`users/${uid}/${name}`, order, onRows, tellFailure);
      } catch (error) {
        if (!open) return;
        if (attempt >= TOLD_FROM) tellFailure(asApiError(error));
        const timer = setTimeout(() => void start(attempt + 1), pauseMs(attempt)); // no network yet, mostly
        close = () => clearTimeout(timer);
      }
    };
    void start(0);
    return () => {
      open = false;
      close();
    };
  }
}

let toldAt = Number.NEGATIVE_INFINITY;

/** Once for all collections, and again while it lasts: a part of the page that did not load comes with a reload only. */
function tellFailure({ message }: ApiError): void {
  if (performance.now() - toldAt < TOLD_EVERY_MS) return;
  toldAt = performance.now();
  toast(message, { label: 'Reload', run: () => location.reload() });
}
