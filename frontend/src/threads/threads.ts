import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ThreadDocument } from '../contract/contract';
import { listenOwn } from '../data/ownCollection';

/** A conversation in the list; `openRuns` are the runs that are being answered or wait. */
export interface ThreadItem {
  id: string;
  title: string;
  updatedAt: number;
  running: boolean;
  datasetIds: readonly string[];
  openRuns: readonly string[];
}

const LISTED = 200;

const state = signal<{ loaded: boolean; items: readonly ThreadItem[] }>({ loaded: false, items: [] });
const hidden = signal<ReadonlySet<string>>(new Set());
/** New titles that the server has accepted or is being told, until the listener brings them. */
const renamed = signal<ReadonlyMap<string, string>>(new Map());

/** The user's conversations, newest first; those being deleted are left out. */
export const threads: ReadonlySignal<{ loaded: boolean; items: readonly ThreadItem[] }> = computed(() => ({
  loaded: state.value.loaded,
  items: state.value.items
    .filter(({ id }) => !hidden.value.has(id))
    .map((item) => ({ ...item, title: renamed.value.get(item.id) ?? item.title })),
}));

const byId = computed(() => new Map(threads.value.items.map((item) => [item.id, item])));

/** A conversation of the list; undefined when it is not (yet) there. */
export function threadById(id: string): ThreadItem | undefined {
  return byId.value.get(id);
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
    openRuns: data.open_runs,
  };
}

listenOwn<ThreadDocument>(
  'threads',
  { orderBy: 'updated_at', limit: LISTED },
  {
    user: () => {
      state.value = { loaded: false, items: [] };
      hidden.value = new Set();
      renamed.value = new Map();
    },
    rows: (rows) => {
      state.value = { loaded: true, items: rows.map(({ id, data }) => asItem(id, data)) };
    },
  },
);
