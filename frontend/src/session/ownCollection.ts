import { effect } from '@preact/signals';
import { listenQuery } from '../firebase/listen';
import { userId } from './session';

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
    const shown = limit;
    const order = { orderBy: [orderBy, 'desc'] as const, limit: shown + 1 }; // the one more tells that there are older ones
    return listenQuery<T>(`users/${uid}/${name}`, order, (rows) =>
      on.rows(rows.slice(0, shown), rows.length > shown),
    );
  }
}
