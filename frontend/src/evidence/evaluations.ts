import { type ReadonlySignal, signal, untracked } from '@preact/signals';
import { call } from '../api/call';
import { asApiError } from '../api/errors';
import type { DeleteEvaluationReply, EvaluationDocument } from '../contract/contract';
import { listenOwn } from '../session/ownCollection';
import { userId } from '../session/session';

/** An evaluation of the user. */
export interface Evaluation {
  id: string;
  data: EvaluationDocument;
}

interface Listed {
  loaded: boolean;
  items: readonly Evaluation[];
}

/** Above what one user may have, so that all are listed. */
const PAGE = 100;
const NONE: Listed = { loaded: false, items: [] };
const listed = signal<Listed>(NONE);

/** The user's evaluations, the newest first. */
export const evaluations: ReadonlySignal<Listed> = listed;

listenOwn<EvaluationDocument>(
  'evaluations',
  { orderBy: 'created_at', page: PAGE },
  {
    user: () => {
      listed.value = NONE;
    },
    rows: (items) => {
      listed.value = { loaded: true, items };
    },
  },
);

/** Deletes one with all that is stored of it; the listener takes it out of the list. Raises ApiError. */
export async function removeEvaluation(id: string): Promise<void> {
  const uid = untracked(userId);
  if (!uid) return;
  try {
    await call<DeleteEvaluationReply>('DELETE', `/api/evaluations/${id}`, { as: uid });
  } catch (error) {
    if (asApiError(error).code !== 'evaluation_not_found') throw error; // another tab deleted it
  }
}
