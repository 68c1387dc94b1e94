import type { Answer } from '../contract/contract';
import { formatCount, formatValue } from '../lib/format';

/** What model calls took; `counted` false: an answer is among them of which only the cost is known. */
export interface ModelCost {
  calls: number;
  tokens: number;
  cached: number;
  usd: number;
  counted: boolean;
}

/** What an answer took. Answers from before calls were counted tell only what they cost. */
export function costOf({ used, cost_usd }: Answer): ModelCost {
  const { calls, input, output, cached } = used ?? { calls: 0, input: 0, output: 0, cached: 0 };
  return {
    calls,
    tokens: input + output,
    cached,
    usd: cost_usd,
    counted: used !== undefined || cost_usd === 0,
  };
}

/** What several answers took together. */
export function costOfAll(answers: readonly Answer[]): ModelCost {
  const none = { calls: 0, tokens: 0, cached: 0, usd: 0, counted: true };
  return answers.map(costOf).reduce(
    (sum, each) => ({
      calls: sum.calls + each.calls,
      tokens: sum.tokens + each.tokens,
      cached: sum.cached + each.cached,
      usd: sum.usd + each.usd,
      counted: sum.counted && each.counted,
    }),
    none,
  );
}

/** In words: "2 model calls, 3,412 tokens (1,024 cached), 0.0021 USD". */
export function costInWords({ calls, tokens, cached, usd, counted }: ModelCost): string {
  const money = formatValue(usd, 'usd');
  if (!counted) return `${money} of model cost`;
  if (calls === 0) return 'No model call';
  const reused = cached > 0 ? ` (${formatCount(cached)} cached)` : '';
  return `${formatCount(calls)} model ${calls === 1 ? 'call' : 'calls'}, ${formatValue(tokens, 'tokens')}${reused}, ${money}`;
}
