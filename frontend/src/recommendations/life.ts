import type { MeasuredSavings, RecommendationDocument, RecommendationStatus } from '../contract/contract';
import { formatCount, formatValue } from '../lib/format';
import { localDay, utcDays } from '../ui/days';

/** What a user can decide; the server takes the same words. */
export type Decision = 'accept' | 'implement' | 'reject';

/** A decision that is open in a status: what its button says, and what is asked before one that ends the life. */
export interface Choice {
  decision: Decision;
  label: string;
  question?: { text: string; yes: string; no: string };
}

const REJECT: Choice = {
  decision: 'reject',
  label: 'Reject',
  question: {
    text: 'Reject this change for good? It cannot be accepted later.',
    yes: 'Yes, reject it',
    no: 'No, keep it',
  },
};
const TAKE_BACK: Choice = {
  decision: 'reject',
  label: 'We took it back',
  question: {
    text: 'Did you take this change back? It is measured no more, for good. What was measured stays in the ledger.',
    yes: 'Yes, it was taken back',
    no: 'No, go on measuring',
  },
};

/** What can be decided next; what is verified or rejected stays so. */
export const CHOICES: Record<RecommendationStatus, readonly Choice[]> = {
  proposed: [{ decision: 'accept', label: 'Accept' }, REJECT],
  accepted: [{ decision: 'implement', label: 'Mark as implemented' }, REJECT],
  implemented: [TAKE_BACK],
  verified: [],
  rejected: [],
};

/** The way of a recommendation that is not rejected. */
export const STEPS = ['proposed', 'accepted', 'implemented', 'verified'] as const;

/** Whether one status comes before another in the life of a recommendation. */
export function isBefore(status: RecommendationStatus, other: RecommendationStatus): boolean {
  const [{ statuses }] = FILTERS;
  return statuses.indexOf(status) < statuses.indexOf(other);
}

/** What a toast says of a recommendation once it is decided. */
export const DONE: Record<Decision, string> = {
  accept: 'is accepted',
  implement: 'is marked as implemented',
  reject: 'is rejected',
};

/** Which recommendations are shown together. */
export const FILTERS = [
  { name: 'All', statuses: ['proposed', 'accepted', 'implemented', 'verified', 'rejected'] },
  { name: 'To decide', statuses: ['proposed'] },
  { name: 'Under way', statuses: ['accepted', 'implemented'] },
  { name: 'Verified', statuses: ['verified'] },
  { name: 'Rejected', statuses: ['rejected'] },
] as const satisfies readonly { name: string; statuses: readonly RecommendationStatus[] }[];

/** Where a recommendation is in its life, and what comes next, in the customer's words. */
export function lifeInWords(item: RecommendationDocument): string {
  const measured = item.measured ? measuredInWords(item.measured) : '';
  if (item.status === 'accepted') {
    return `Accepted ${dayOf(item.accepted_at)}${baselineInWords(item)}. Next: make the change, then mark it as implemented.`;
  }
  if (item.status === 'implemented') {
    return `Implemented ${dayOf(item.implemented_at)}. ${measured || 'It is measured as soon as usage of after the change arrives.'}`;
  }
  if (item.status === 'verified') return `Verified ${dayOf(item.verified_at)}. ${measured}`;
  if (item.status === 'rejected') return `Rejected ${dayOf(item.rejected_at)}. ${measured}`.trim();
  return `Proposed ${dayOf(item.proposed_at)}. Accept it, and what it saves is measured.`;
}

/** "It saved 12.30 USD in 12 measured days, 4 to 24 Nov 2026."; says so where it cost more. */
function measuredInWords(measured: MeasuredSavings): string {
  const { saved_usd, days, first_day, last_day } = measured;
  const amount = formatValue(Math.abs(saved_usd), 'usd');
  const result = saved_usd < 0 ? `It cost ${amount} more than before` : `It saved ${amount}`;
  return `${result} in ${countInWords(days, 'measured day')}, ${utcDays(first_day, last_day)}.`;
}

function baselineInWords({ baseline }: RecommendationDocument): string {
  if (!baseline) return '';
  const { requests, first_day, last_day } = baseline;
  return `. It is measured against ${countInWords(requests, 'request')} of ${utcDays(first_day, last_day)}`;
}

function dayOf(time: RecommendationDocument['accepted_at']): string {
  return time ? localDay(time.toMillis()) : '';
}

/** "1 request", "12,345 requests". */
export function countInWords(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
