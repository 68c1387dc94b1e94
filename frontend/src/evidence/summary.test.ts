import { describe, expect, it } from 'vitest';
import type { EvaluationDocument, ReplayProgress, Timestamp } from '../contract/contract';
import {
  deletionInWords,
  pairInWords,
  progressInWords,
  scoresInWords,
  verdictInWords,
  winRateInWords,
} from './summary';

const REPLAY: ReplayProgress = {
  reference: 'gpt-4o',
  candidate: 'gpt-4o-mini',
  parts: 5,
  parts_done: 5,
  attempts: 0,
  done: 40,
  left_out: 2,
  wins: 10,
  ties: 17,
  losses: 11,
  contradictions: 3,
  cost_usd: 0.1,
  quota_month: '2026-11',
  win_rate: 0.482,
  low: 0.451,
  high: 0.513,
  verdict: 'supports',
};

describe('scores in words', () => {
  it('are shares that are right where all were graded', () => {
    const scores = [
      { model: 'gpt-4o', mean: 0.857142, prompts: 1_234, graded: true },
      { model: 'gpt-4o-mini', mean: 1, prompts: 1, graded: true },
    ];
    expect(scoresInWords(scores)).toEqual([
      'gpt-4o: 85.7 % right, 1,234 prompts',
      'gpt-4o-mini: 100 % right, 1 prompt',
    ]);
  });

  it('are means of three digits on any other scale, for all models alike', () => {
    const scores = [
      { model: 'gpt-4o', mean: 7.3149, prompts: 30, graded: false },
      { model: 'gpt-4o-mini', mean: 0.5, prompts: 30, graded: false },
    ];
    expect(scoresInWords(scores)).toEqual([
      'gpt-4o: mean score 7.31, 30 prompts',
      'gpt-4o-mini: mean score 0.5, 30 prompts',
    ]);
  });
});

describe('a replay in words', () => {
  it('names the candidate first, and the feature where there is one', () => {
    expect(pairInWords(REPLAY, null)).toBe('gpt-4o-mini against gpt-4o');
    expect(pairInWords(REPLAY, 'support-chat')).toBe('gpt-4o-mini against gpt-4o, support-chat');
  });

  it('says how far it is', () => {
    expect(progressInWords({ ...REPLAY, done: 12 }, 40)).toBe('12 of 40 requests replayed');
  });

  it.each([
    [{ verdict: 'supports' }, 'Supports the move'],
    [{ verdict: 'against' }, 'Speaks against the move'],
    [{ verdict: 'open', more: 1_200 }, 'Open: about 1,200 more requests would settle it'],
    [{ verdict: 'open' }, 'Open: no sample would settle it'],
  ] as const)('says what %o means for the move', (outcome, words) => {
    expect(verdictInWords({ ...REPLAY, ...outcome })).toBe(words);
  });

  it('says its win rate with the interval, and on how many requests it rests', () => {
    expect(winRateInWords(REPLAY, 40)).toBe(
      'Win rate 48.2 % (45.1 to 51.3 %, ties half), 40 of 40 requests, 2 left out',
    );
  });

  it('says that it ended at its budget where requests are left', () => {
    expect(winRateInWords({ ...REPLAY, left_out: 0 }, 1_000)).toBe(
      'Win rate 48.2 % (45.1 to 51.3 %, ties half), 40 of 1,000 requests, ended at its budget',
    );
  });
});

it('says before a deletion what goes with it', () => {
  const time: Timestamp = { seconds: 0, nanoseconds: 0, toMillis: () => 0 };
  const ready: EvaluationDocument = {
    v: 1,
    name: 'graded.csv',
    kind: 'scores',
    status: 'ready',
    feature: null,
    prompts: 7,
    created_at: time,
  };
  expect(deletionInWords(ready)).toBe('Delete “graded.csv”? Plans go on without it.');
  expect(deletionInWords({ ...ready, status: 'running' })).toContain('Its replay ends');
  expect(deletionInWords({ ...ready, status: 'failed' })).toBe('Delete “graded.csv”?');
});
