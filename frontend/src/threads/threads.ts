import { computed, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { type ThreadDocument, TITLE_LIMIT } from '../contract/contract';
import { listenOwn } from '../session/ownCollection';

/** A conversation; `running`: a question of it is being answered or waits. */
export interface ThreadItem {
  id: string;
  title: string;
  updatedAt: number;
  running: boolean;
  datasetIds: readonly string[];
}

/** What is listed of the user's conversations, newest first. */
interface ThreadList {
  loaded: boolean;
  items: readonly ThreadItem[];
  /** True when there are older ones, which are not listed. */
  hasOlder: boolean;
}

const PAGE = 200;
const NONE: ThreadList = { loaded: false, items: [], hasOlder: false };

const state = signal(NONE);
/** What is known of conversations that need not be in the list: opened by their address, or being begun. */
const others = signal<ReadonlyMap<string, ThreadItem>>(new Map());
const hidden = signal<ReadonlySet<string>>(new Set());
/** New titles that the server has or is about to get, until the listener brings them. */
const renamed = signal<ReadonlyMap<string, string>>(new Map());

/** Begun on this page, and taken by the server; the listener has not brought them yet. */
const begun = signal<readonly ThreadItem[]>([]);

/** The user's conversations; those being deleted are left out. */
export const threads: ReadonlySignal<ThreadList> = computed(() => ({
  ...state.value,
  items: [...begun.value, ...state.value.items]
    .filter(({ id }) => !hidden.value.has(id))
    .map((item) => ({ ...item, title: renamed.value.get(item.id) ?? item.title })),
}));

const byId = computed(() => new Map(threads.value.items.map((item) => [item.id, item])));

/** What is known of a conversation; undefined when nothing is (yet). */
export function threadById(id: string): ThreadItem | undefined {
  return byId.value.get(id) ?? others.value.get(id);
}

/** A conversation was read: it may be older than those of the list. */
export function learnThread(id: string, data: ThreadDocument): void {
  learn(asItem(id, data));
}

/** A conversation is being begun with this message: the server knows nothing of it yet. */
export function threadBegins(id: string, text: string): void {
  if (untracked(() => threadById(id))) return;
  learn({ id, title: asTitle(text), updatedAt: Date.now(), running: true, datasetIds: [] });
}

/** The server has taken the message that begins a conversation: it is listed. */
export function threadBegun(id: string, text: string): void {
  threadBegins(id, text);
  const item = others.peek().get(id);
  if (!item || isAmong(state.peek().items, id)) return;
  begun.value = [item, ...begun.peek()];
  collection.expect((rows) => isAmong(rows, id));
}

function isAmong(rows: readonly { id: string }[], id: string): boolean {
  return rows.some((row) => row.id === id);
}

function learn(item: ThreadItem): void {
  others.value = new Map([...others.peek(), [item.id, item]]);
}

/** A text as the server makes a title of it. */
export function asTitle(text: string): string {
  return [...text.trim().replace(/\s+/g, ' ')].slice(0, TITLE_LIMIT).join('');
}

/** Leaves a conversation out of the list, or shows it again. */
export function setHidden(id: string, isHidden: boolean): void {
  const next = new Set(hidden.value);
  if (isHidden) next.add(id);
  else next.delete(id);
  hidden.value = next;
}

/** Shows another title at once; null shows the stored one again. */
export function setShownTitle(id: string, title: string | null): void {
  const next = new Map(renamed.value);
  if (title === null) next.delete(id);
  else next.set(id, title);
  renamed.value = next;
}

function asItem(id: string, data: ThreadDocument): ThreadItem {
  return {
    id,
    title: data.title,
    updatedAt: data.updated_at.toMillis(),
    running: data.open_runs.length > 0,
    datasetIds: data.dataset_ids,
  };
}

const collection = listenOwn<ThreadDocument>(
  'threads',
  { orderBy: 'updated_at', page: PAGE },
  {
    user: () => {
      state.value = NONE;
      others.value = new Map();
      begun.value = [];
      hidden.value = new Set();
      renamed.value = new Map();
    },
    rows: (rows, hasOlder) => {
      state.value = { loaded: true, items: rows.map(({ id, data }) => asItem(id, data)), hasOlder };
      begun.value = begun.peek().filter(({ id }) => !isAmong(rows, id));
    },
  },
);

/** Lists a page more of the older conversations. */
export const showOlderThreads = collection.showOlder;
