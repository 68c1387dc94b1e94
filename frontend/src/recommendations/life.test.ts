import { describe, expect, it, test } from 'vitest';
import type { Recommendation, RecommendationDocument, Timestamp } from '../contract/contract';
import { CHOICES, FILTERS, lifeInWords } from './life';

const time = (iso: string): Timestamp => {
  const ms = new Date(iso).getTime();
  return { seconds: ms / 1000, nanoseconds: 0, toMillis: () => ms };
};
const PROPOSAL = { title: 'Move support-chat to gpt-4o-mini', rank: 1 } as Recommendation;
const PROPOSED: RecommendationDocument = {
  v: 1,
  status: 'proposed',
  proposal: PROPOSAL,
  dataset_ids: [],
  run_id: '',
  thread_id: '',
  proposed_at: time('2026-11-02T12:00:00Z'),
};
const SAVINGS = { saved_usd: 12.3, days: 12, first_day: '2026-11-04', last_day: '2026-11-24' };

describe('the life of a recommendation in words', () => {
  it('says from acceptance on what it is measured against', () => {
    const baseline = { days: 30, requests: 28_452, first_day: '2026-10-12', last_day: '2026-11-10' };
    const words = lifeInWords({
      ...PROPOSED,
      status: 'accepted',
      accepted_at: time('2026-11-03T12:00:00Z'),
      baseline: { ...baseline, expected_usd: 12, price_version: '2026-11-22' },
    });
    expect(words).toBe(
      'Accepted 3 Nov 2026. It is measured against 28,452 requests of 12 Oct to 10 Nov 2026. ' +
        'Next: make the change, then mark it as implemented.',
    );
  });

  it('says what was measured, also where it costs more than before, and after it was rejected', () => {
    const verified = { ...PROPOSED, status: 'verified', verified_at: time('2026-11-25T12:00:00Z') } as const;
    expect(lifeInWords({ ...verified, measured: SAVINGS })).toContain(
      'It saved 12.30 USD in 12 measured days, 4 to 24 Nov 2026.',
    );
    const loss = { ...SAVINGS, saved_usd: -12.3 };
    expect(lifeInWords({ ...verified, measured: loss })).toContain('It cost 12.30 USD more than before');
    const rejected = { ...verified, status: 'rejected', rejected_at: time('2026-11-26T12:00:00Z') } as const;
    expect(lifeInWords({ ...rejected, measured: loss })).toContain('It cost 12.30 USD more than before');
    expect(lifeInWords(rejected)).toBe('Rejected 26 Nov 2026.');
  });
});

test('every status is in exactly one of the filters beside "All"', () => {
  const [all, ...others] = FILTERS;
  expect(others.flatMap(({ statuses }) => statuses).sort()).toEqual([...all.statuses].sort());
});

test('what ends the life of a recommendation is asked about first', () => {
  for (const { decision, question } of Object.values(CHOICES).flat()) {
    expect(question !== undefined).toBe(decision === 'reject');
  }
});
