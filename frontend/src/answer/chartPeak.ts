import type { ChartBlock } from '../contract/contract';
import { formatValue } from '../lib/format';
import { labelKind, longLabel } from './chartScale';

/** The place of the highest value. */
export function peakOf(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** What a chart shows, in words for those who do not see it. */
export function chartInWords(chart: ChartBlock): string {
  const kind = labelKind(chart.labels);
  const peak = peakOf(chart.values);
  const highest = `${longLabel(chart.labels[peak] ?? '', kind)} with ${formatValue(chart.values[peak] ?? 0, chart.unit)}`;
  const lowest = formatValue(Math.min(...chart.values), chart.unit);
  return `${chart.title}: ${chart.values.length} bars. The highest is ${highest}, the lowest value ${lowest}.`;
}
