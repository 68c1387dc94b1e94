import { type ReadonlySignal, signal, untracked } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../api/call';
import type { RecommendationDocument, RecommendationReply } from '../contract/contract';
import { listenDocument } from '../firebase/listen';
import { listenOwn } from '../session/ownCollection';
import { userId } from '../session/session';
import type { Decision } from './life';

/** A recommendation of the user with its life. */
export interface Item {
  id: string;
  data: RecommendationDocument;
}

/** `hasOlder`: there are older ones, which are not listed. */
interface Listed {
  loaded: boolean;
  items: readonly Item[];
  hasOlder: boolean;
}

const PAGE = 100;
const NONE: Listed = { loaded: false, items: [], hasOlder: false };
const listed = signal<Listed>(NONE);

/** The user's recommendations, the newest first. */
export const recommendations: ReadonlySignal<Listed> = listed;

/** Lists a page more of the older ones. */
export const showOlderRecommendations = listenOwn<RecommendationDocument>(
  'recommendations',
  { orderBy: 'proposed_at', page: PAGE },
  {
    user: () => {
      listed.value = NONE;
    },
    rows: (items, hasOlder) => {
      listed.value = { loaded: true, items: items.toSorted(newestFirst), hasOlder };
    },
  },
);

/** Those of one answer stand in the order in which the answer gives them. */
function newestFirst(a: Item, b: Item): number {
  if (a.data.run_id === b.data.run_id) return a.data.proposal.rank - b.data.proposal.rank;
  return b.data.proposed_at.toMillis() - a.data.proposed_at.toMillis();
}

/** One recommendation, also of those that are not listed; null where there is none, and before it is known. */
export function useRecommendation(id: string): Item | null {
  const uid = userId();
  const { loaded, items, hasOlder } = listed.value;
  const found = items.find((item) => item.id === id) ?? null;
  const isUnlisted = id !== '' && loaded && hasOlder && !found;
  const [alone, setAlone] = useState<RecommendationDocument | null>(null);
  useEffect(() => {
    setAlone(null);
    if (!uid || !isUnlisted) return;
    return listenDocument<RecommendationDocument>(`users/${uid}/recommendations/${id}`, setAlone);
  }, [uid, id, isUnlisted]);
  return found ?? (alone && { id, data: alone });
}

/** Tells the server what the user decided; the listener brings what became of it. Raises ApiError. */
export async function decide(id: string, decision: Decision): Promise<void> {
  const uid = untracked(userId);
  if (!uid) return;
  await call<RecommendationReply>('POST', `/api/recommendations/${id}/${decision}`, { as: uid });
}
