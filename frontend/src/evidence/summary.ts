import type { EvaluationDocument, ModelScore, ReplayProgress } from '../contract/contract';
import { formatCount, formatNumber, formatValue } from '../lib/format';
import { countInWords } from '../recommendations/life';

/** A line per model: "gpt-4o: 85.7 % right, 150 prompts", or its mean score where they were not graded right or wrong. */
export function scoresInWords(scores: readonly ModelScore[]): string[] {
  const areShares = scores.every(({ graded }) => graded);
  return scores.map(({ model, mean, prompts }) => {
    const score = areShares ? `${formatValue(100 * mean, 'pct')} right` : `mean score ${threeDigits(mean)}`;
    return `${model}: ${score}, ${countInWords(prompts, 'prompt')}`;
  });
}

/** "gpt-4o-mini against gpt-4o, support-chat" */
export function pairInWords({ candidate, reference }: ReplayProgress, feature: string | null): string {
  return `${candidate} against ${reference}${feature ? `, ${feature}` : ''}`;
}

/** "12 of 40 requests replayed" */
export function progressInWords({ done }: ReplayProgress, requests: number): string {
  return `${formatCount(done)} of ${countInWords(requests, 'request')} replayed`;
}

/** What a replay that has ended says about the move. */
export function verdictInWords({ verdict, more }: ReplayProgress): string {
  if (verdict === 'supports') return 'Supports the move';
  if (verdict === 'against') return 'Speaks against the move';
  return `Open: ${more ? `about ${countInWords(more, 'more request')}` : 'no sample'} would settle it`;
}

/** "Win rate 48.2 % (45.1 to 51.3 %, ties half), 40 of 40 requests, 2 left out" */
export function winRateInWords(replay: ReplayProgress, requests: number): string {
  const { win_rate = 0, low = 0, high = 0, done, left_out } = replay;
  const interval = `${formatNumber(100 * low, 'pct')} to ${formatValue(100 * high, 'pct')}`;
  const facts = [
    `Win rate ${formatValue(100 * win_rate, 'pct')} (${interval}, ties half)`,
    `${formatCount(done)} of ${countInWords(requests, 'request')}`,
    left_out > 0 && `${formatCount(left_out)} left out`,
    done < requests && 'ended at its budget',
  ];
  return facts.filter(Boolean).join(', ');
}

/** What is asked before an evaluation is deleted. */
export function deletionInWords({ name, status }: EvaluationDocument): string {
  if (status === 'running') {
    return `Delete “${name}”? Its replay ends, and the requests that are left are not charged.`;
  }
  if (status === 'failed') return `Delete “${name}”?`;
  return `Delete “${name}”? Plans go on without it.`;
}

function threeDigits(mean: number): string {
  return mean.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
