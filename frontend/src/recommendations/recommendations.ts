import { computed, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { callIdempotent } from '../api/idempotent';
import type { RecommendationDocument, RecommendationReply, RecommendationStatus } from '../contract/contract';
import { listenDocument } from '../firebase/listen';
import { timestampOf } from '../lib/timestamp';
import { listenOwn } from '../session/ownCollection';
import { userId } from '../session/session';
import { type Decision, isBefore } from './life';

/** A recommendation of the user with its life. */
export interface Item {
  id: string;
  data: RecommendationDocument;
}

/** `hasOlder`: there are older ones, which are not listed. */
interface RecommendationList {
  loaded: boolean;
  items: readonly Item[];
  hasOlder: boolean;
}

const PAGE = 100;
const NONE: RecommendationList = { loaded: false, items: [], hasOlder: false };
const listed = signal<RecommendationList>(NONE);

/** What the server made of the user's decisions, which the listener may not have brought yet. */
const decided = signal<ReadonlyMap<string, { status: RecommendationStatus; at: number }>>(new Map());

/** The user's recommendations, the newest first. */
export const recommendations: ReadonlySignal<RecommendationList> = computed(() => ({
  ...listed.value,
  items: listed.value.items.map(withDecision),
}));

const collection = listenOwn<RecommendationDocument>(
  'recommendations',
  { orderBy: 'proposed_at', page: PAGE },
  {
    user: () => {
      listed.value = NONE;
      decided.value = new Map();
    },
    rows: (items, hasOlder) => {
      listed.value = { loaded: true, items: items.toSorted(newestFirst), hasOlder };
    },
  },
);

/** Lists a page more of the older ones. */
export const showOlderRecommendations = collection.showOlder;

function withDecision(item: Item): Item {
  const decision = decided.value.get(item.id);
  if (!decision || !isBefore(item.data.status, decision.status)) return item;
  const { status, at } = decision;
  return { ...item, data: { ...item.data, status, [`${status}_at`]: timestampOf(at) } };
}

/** Those of one answer stand in the order in which the answer gives them. */
function newestFirst(a: Item, b: Item): number {
  if (a.data.run_id === b.data.run_id) return a.data.proposal.rank - b.data.proposal.rank;
  return b.data.proposed_at.toMillis() - a.data.proposed_at.toMillis();
}

/** One recommendation, also of those that are not listed; null where there is none, and before it is known. */
export function useRecommendation(id: string): Item | null {
  const uid = userId();
  const { loaded, items, hasOlder } = recommendations.value;
  const found = items.find((item) => item.id === id) ?? null;
  const isUnlisted = id !== '' && loaded && hasOlder && !found;
  const [alone, setAlone] = useState<RecommendationDocument | null>(null);
  useEffect(() => {
    setAlone(null);
    if (!uid || !isUnlisted) return;
    return listenDocument<RecommendationDocument>(`users/${uid}/recommendations/${id}`, setAlone);
  }, [uid, id, isUnlisted]);
  return found ?? (alone && withDecision({ id, data: alone }));
}

/** Tells the server what the user decided, and shows what became of it. Raises ApiError. */
export async function decide(id: string, decision: Decision): Promise<void> {
  const uid = untracked(userId);
  if (!uid) return;
  const path = `/api/recommendations/${id}/${decision}`;
  const { status } = await callIdempotent<RecommendationReply>('POST', path, { as: uid });
  if (untracked(userId) !== uid) return;
  decided.value = new Map([...decided.peek(), [id, { status, at: Date.now() }]]);
  collection.expect((rows) => !rows.some((row) => row.id === id && isBefore(row.data.status, status)));
}
