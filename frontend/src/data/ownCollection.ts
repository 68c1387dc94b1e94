import { effect } from '@preact/signals';
import { type ApiError, asApiError } from '../api/errors';
import { loadFirestore } from '../firebase/firestore';
import { pauseMs } from '../firebase/pause';
import { session } from '../session/session';
import { toast } from '../ui/toasts';

/** The failed attempt from which on the user is told: until then it may be the network. */
const TOLD_FROM = 4;
const TOLD_EVERY_MS = 30_000;

/** The id of the user who is signed in; null before that. */
export function userId(): string | null {
  return session.value.state === 'ready' ? session.value.user.uid : null;
}

/**
 * Keeps listening to a collection below the user's document, newest first; begins anew for another user, after `onUser`.
 * Lives as long as the page.
 */
export function listenOwn<T>(
  name: string,
  options: { orderBy: string; limit: number },
  on: { user: (uid: string | null) => void; rows: (rows: { id: string; data: T }[]) => void },
): void {
  let bound: string | null = null;
  let stop = () => {};
  effect(() => {
    const uid = userId();
    if (uid === bound) return;
    bound = uid;
    stop();
    on.user(uid);
    if (uid) stop = bind(uid);
  });

  function bind(uid: string): () => void {
    let open = true;
    let close = () => {};
    const order = { orderBy: [options.orderBy, 'desc'] as const, limit: options.limit };
    const start = async (attempt: number) => {
      try {
        const store = await loadFirestore();
        if (open) close = store.listenQuery<T>(`users/${uid}/${name}`, order, on.rows, tellFailure);
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
