import { computed, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { asApiError } from '../api/errors';
import { callIdempotent } from '../api/idempotent';
import type { DeleteEvaluationReply, EvaluationDocument } from '../contract/contract';
import { listenOwn } from '../session/ownCollection';
import { userId } from '../session/session';

/** An evaluation of the user. */
export interface Evaluation {
  id: string;
  data: EvaluationDocument;
}

interface EvaluationList {
  loaded: boolean;
  items: readonly Evaluation[];
}

/** Above what one user may have, so that all are listed. */
const PAGE = 100;
const NONE: EvaluationList = { loaded: false, items: [] };
const listed = signal<EvaluationList>(NONE);
/** Stored by the server's word, before the listener has brought them. */
const newest = signal<readonly Evaluation[]>([]);
/** Deleted by the server's word. */
const removed = signal<ReadonlySet<string>>(new Set());

/** The user's evaluations, the newest first. */
export const evaluations: ReadonlySignal<EvaluationList> = computed(() => ({
  ...listed.value,
  items: [...newest.value, ...listed.value.items].filter(({ id }) => !removed.value.has(id)),
}));

const collection = listenOwn<EvaluationDocument>(
  'evaluations',
  { orderBy: 'created_at', page: PAGE },
  {
    user: () => {
      listed.value = NONE;
      newest.value = [];
      removed.value = new Set();
    },
    rows: (items) => {
      listed.value = { loaded: true, items };
      newest.value = newest.peek().filter((each) => !isAmong(items, each.id));
    },
  },
);

function isAmong(rows: readonly { id: string }[], id: string): boolean {
  return rows.some((row) => row.id === id);
}

/** Lists an evaluation that the server has just stored; what it says comes with the listener. */
export function showAdded(uid: string, evaluation: Evaluation): void {
  const { id } = evaluation;
  if (untracked(userId) !== uid || isAmong(evaluations.peek().items, id)) return;
  newest.value = [evaluation, ...newest.peek()];
  collection.expect((rows) => isAmong(rows, id));
}

/** Deletes one with all that is stored of it. Raises ApiError. */
export async function removeEvaluation(id: string): Promise<void> {
  const uid = untracked(userId);
  if (!uid) return;
  try {
    await callIdempotent<DeleteEvaluationReply>('DELETE', `/api/evaluations/${id}`, { as: uid });
  } catch (error) {
    if (asApiError(error).code !== 'evaluation_not_found') throw error; // another tab deleted it
  }
  if (untracked(userId) === uid) removed.value = new Set([...removed.peek(), id]);
}
