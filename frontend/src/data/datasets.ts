import { computed, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { call } from '../api/call';
import type { DatasetDocument, ErrorDetails } from '../contract/contract';
import type { Row } from '../firebase/firestore';
import { threadHere } from '../nav/routes';
import { listenOwn } from '../session/ownCollection';
import { userId } from '../session/session';
import { threadById } from '../threads/threads';
import { ACTIVE_LIMIT, chosenOf, keepChosen, pickActive } from './selection';

/** A usage log that was taken in, or is being; `rows` were counted, `rejects` were not. */
export interface Dataset {
  id: string;
  name: string;
  model: string | null;
  rows: number;
  rejects: number;
  status: DatasetDocument['status'];
  createdAt: number;
  notes: readonly string[];
  error: ErrorDetails | null;
}

const PAGE = 200;

const listed = signal<readonly Dataset[]>([]);
const loaded = signal(false);
const older = signal(false);
/** Ready by the server's word, before the listener has brought them. */
const newest = signal<readonly Dataset[]>([]);
const removed = signal<readonly string[]>([]);
const chosen = signal<readonly string[]>([]);
/** What was chosen for a conversation since the page was opened; it wins over what the conversation was about. */
const chosenIn = signal<ReadonlyMap<string, readonly string[]>>(new Map());

/** The user's datasets, newest first. */
export const datasets: ReadonlySignal<readonly Dataset[]> = computed(() => {
  const ids = newest.value.map(({ id }) => id);
  const all = [...newest.value, ...listed.value.filter(({ id }) => !ids.includes(id))];
  return all.filter(({ id }) => !removed.value.includes(id));
});

/** False until the first list has come. */
export const datasetsLoaded: ReadonlySignal<boolean> = loaded;

/** True when there are older ones, which are not listed. */
export const hasOlderDatasets: ReadonlySignal<boolean> = older;

const usable = computed(() => datasets.value.filter(({ status }) => status === 'ready').map(({ id }) => id));

/**
 * What questions of a conversation are about. None are named while the page does not know what that is: then the server
 * takes what the conversation was about before.
 */
export function activeIdsIn(threadId: string | null): readonly string[] {
  if (threadId === null) return pickActive([chosen.value], usable.value);
  const here = chosenIn.value.get(threadId) ?? threadById(threadId)?.datasetIds;
  const isListed = here?.some((id) => usable.value.includes(id)) || here?.length === 0 || !older.value;
  return here && isListed ? pickActive([here, chosen.value], usable.value) : [];
}

/** What the next question is about, in the conversation on the screen. */
export const activeIds: ReadonlySignal<readonly string[]> = computed(() => activeIdsIn(threadHere()));

/** Chooses what questions are about: here, and in new conversations on this device. */
export function setActive(ids: readonly string[]): void {
  choose(ids, untracked(threadHere));
}

/** A dataset became ready: it is, with those it came `together` with, what questions are about now. */
export function showReady(dataset: Dataset, together: readonly string[], threadId: string | null): void {
  newest.value = [dataset, ...newest.peek()];
  collection.expect((rows) => isReceived(rows, dataset.id));
  choose(together, threadId);
}

function choose(ids: readonly string[], threadId: string | null): void {
  const uid = untracked(userId);
  if (!uid || ids.length === 0) return;
  const kept = ids.slice(0, ACTIVE_LIMIT);
  chosen.value = kept;
  keepChosen(uid, kept);
  if (threadId) chosenIn.value = new Map([...untracked(() => chosenIn.value), [threadId, kept]]);
}

/** Removes a dataset, or gives up one that is being received; it is shown again when the server refuses. */
export async function removeDataset(id: string): Promise<void> {
  const uid = untracked(userId);
  if (!uid) return;
  removed.value = [...removed.value, id];
  try {
    await call('DELETE', `/api/uploads/${id}`, { as: uid });
  } catch (error) {
    if (untracked(userId) !== uid) return; // its user has left
    removed.value = removed.value.filter((other) => other !== id);
    throw error;
  }
}

function isReceived(rows: readonly Row<DatasetDocument>[], datasetId: string): boolean {
  return rows.some(({ id, data }) => id === datasetId && data.status !== 'receiving');
}

function asDataset(id: string, data: DatasetDocument): Dataset {
  const { name, model, rows, rejects, status, notes, error = null } = data;
  return { id, name, model, rows, rejects, status, notes, error, createdAt: data.created_at.toMillis() };
}

const collection = listenOwn<DatasetDocument>(
  'datasets',
  { orderBy: 'created_at', page: PAGE },
  {
    user: (uid) => {
      listed.value = [];
      loaded.value = false;
      older.value = false;
      newest.value = [];
      removed.value = [];
      chosenIn.value = new Map();
      chosen.value = uid ? chosenOf(uid) : [];
    },
    rows: (rows, hasOlder) => {
      listed.value = rows
        .filter(({ data }) => data.status !== 'deleting')
        .map(({ id, data }) => asDataset(id, data));
      newest.value = newest.peek().filter(({ id }) => !isReceived(rows, id));
      loaded.value = true;
      older.value = hasOlder;
    },
  },
);

/** Lists a page more of the older datasets. */
export const showOlderDatasets = collection.showOlder;
