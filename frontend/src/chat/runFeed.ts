import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { asApiError } from '../api/errors';
import type { Event, EventsDocument } from '../contract/contract';
import { loadFirestore, type Row } from '../firebase/firestore';
import { listenQuery } from '../firebase/listen';
import { EventLog } from './eventLog';

const FIRST_LOOK_MS = 1_500;
const LONGEST_LOOK_MS = 12_000;

/** What is known of one run's events. */
export interface RunFeed {
  events: ReadonlySignal<readonly Event[]>;
  /** The last event, once the run is over. */
  final: ReadonlySignal<Event | null>;
  /** When this page first heard of the run, in its own time; 0 before. */
  heardAt: ReadonlySignal<number>;
  /** Follow the run to its end; gives the way to stop following. */
  watch(): () => void;
  /** Read all events once, for a run that is over. */
  readOnce(): Promise<void>;
}

const feeds = new Map<string, RunFeed>();
let owner = '';

/** The one feed of a run on this page; those of a user who has left are forgotten. */
export function runFeed(uid: string, runId: string): RunFeed {
  if (owner !== uid) feeds.clear();
  owner = uid;
  const path = `users/${uid}/runs/${runId}/events`;
  const feed = feeds.get(path) ?? makeFeed(path);
  feeds.set(path, feed);
  return feed;
}

function makeFeed(path: string): RunFeed {
  const log = new EventLog();
  const events = signal<readonly Event[]>([]);
  const heardAt = signal(0);
  const final = computed(() => (events.value.at(-1)?.final ? (events.value.at(-1) ?? null) : null));
  const take = (rows: readonly Row<EventsDocument>[]): boolean => {
    const news = log.take(rows.map((row) => row.data));
    if (news) {
      heardAt.value ||= Date.now();
      events.value = log.events;
    }
    return news;
  };
  const readOnce = async () => {
    take(await (await loadFirestore()).readAll<EventsDocument>(path));
  };
  let watchers = 0;
  let stop = () => {};
  const watch = () => {
    watchers += 1;
    if (watchers === 1) stop = follow(path, log, take);
    return () => {
      watchers -= 1;
      if (watchers === 0) stop();
    };
  };
  return { events, final, heardAt, watch, readOnce };
}

/**
 * Listens until the end of the run. A listener can lose a document without an error (a dropped stream), so after a
 * silence what comes after the known events is read; the silences grow, so that a slow run costs few reads.
 */
function follow(
  path: string,
  log: EventLog,
  take: (rows: readonly Row<EventsDocument>[]) => boolean,
): () => void {
  let open = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence = FIRST_LOOK_MS;

  const close = () => {
    open = false;
    clearTimeout(timer);
    unsubscribe();
  };
  const onRows = (rows: readonly Row<EventsDocument>[]) => {
    if (!open) return;
    if (take(rows)) silence = FIRST_LOOK_MS;
    if (log.final) close();
    else wait();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(look, silence);
  };
  const look = async () => {
    silence = Math.min(silence * 2, LONGEST_LOOK_MS);
    try {
      const store = await loadFirestore();
      if (!open) return;
      const next = log.events.length;
      onRows(await store.readAll<EventsDocument>(path, { from: ['first_seq', next] }));
    } catch (error) {
      if (open) wait(); // no connection: the banner tells; the next look comes by itself
      if (asApiError(error).code === 'internal') reportError(error);
    }
  };
  const unsubscribe = listenQuery(path, {}, onRows);
  wait();
  return close;
}
