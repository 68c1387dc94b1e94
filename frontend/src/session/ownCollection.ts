import { effect } from '@preact/signals';
import { loadFirestore, type QueryOptions, type Row } from '../firebase/firestore';
import { listenQuery } from '../firebase/listen';
import { userId } from './session';

/** Longer than a listener takes on a slow phone. */
const SILENCE_MS = 4_000;

/** A collection below the user's document that the page follows. */
export interface OwnCollection<Data> {
  /** Lists a page more, of the older ones. */
  showOlder(): void;
  /** After a change of the user's own: reads once if the listener does not bring it within some seconds. */
  expect(isThere: (rows: readonly Row<Data>[]) => boolean): void;
}

/**
 * Keeps listening to the newest of a collection below the user's document, `page` of them at first; starts over for
 * another user, after `on.user`. Lives as long as the page.
 */
export function listenOwn<Data>(
  name: string,
  { orderBy, page }: { orderBy: string; page: number },
  on: {
    user: (uid: string | null) => void;
    rows: (rows: Row<Data>[], hasOlder: boolean) => void;
  },
): OwnCollection<Data> {
  let bound: string | null = null;
  let limit = page;
  let newest: readonly Row<Data>[] = [];
  let stop = () => {};
  effect(() => {
    const uid = userId();
    if (uid === bound) return;
    bound = uid;
    limit = page;
    newest = [];
    stop();
    on.user(uid);
    listen();
  });

  function path(): string {
    return `users/${bound}/${name}`;
  }
  // What is `more` than the page shows that there are older ones.
  function query(more: number): QueryOptions {
    return { orderBy: [orderBy, 'desc'], limit: limit + more };
  }
  function take(rows: Row<Data>[]): void {
    newest = rows;
    on.rows(rows.slice(0, limit), rows.length > limit);
  }
  function listen(): void {
    if (bound) stop = listenQuery<Data>(path(), query(1), take);
  }
  async function readUnless(isThere: (rows: readonly Row<Data>[]) => boolean, uid: string): Promise<void> {
    if (bound !== uid || isThere(newest)) return;
    const shownLimit = limit;
    // Not the listener's own query: Firestore would answer that with what the listener has.
    const rows = await (await loadFirestore()).readAll<Data>(path(), query(2));
    if (bound === uid && limit === shownLimit && !isThere(newest)) take(rows);
  }
  return {
    showOlder: () => {
      limit += page;
      stop();
      listen();
    },
    expect: (isThere) => {
      const uid = bound;
      // Without a connection the read fails, too; the listener goes on.
      if (uid) setTimeout(() => void readUnless(isThere, uid).catch(() => {}), SILENCE_MS);
    },
  };
}
