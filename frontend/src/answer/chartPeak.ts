import type { ChartBlock } from '../contract/contract';
import { formatValue } from '../lib/format';
import { labelKind, longLabel } from './chartScale';

const PARTS: Record<ChartBlock['kind'], string> = {
  bars: 'bars',
  line: 'points',
  histogram: 'ranges',
  waterfall: 'steps',
};

/** The place of the highest value. */
export function peakOf(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** What the values of a chart and those compared with them are called. */
export function seriesOf(chart: ChartBlock): { values: string; comparison: string } {
  const [values, comparison] = chart.series ?? []; // answers from before there were any
  return { values: values ?? chart.title, comparison: comparison ?? 'Compared with' };
}

/** What a chart shows, in words for those who do not see it. */
export function chartInWords(chart: ChartBlock): string {
  const { title, values, comparison } = chart;
  if (chart.kind === 'waterfall') return waterfallInWords(chart);
  const own = `${title}: ${values.length} ${PARTS[chart.kind ?? 'bars']}. The highest is ${extremes(chart, values)}.`;
  if (!comparison?.length) return own;
  return `${own} ${seriesOf(chart).comparison}: the highest is ${extremes(chart, comparison)}.`;
}

function extremes({ labels, unit }: ChartBlock, values: readonly number[]): string {
  const peak = peakOf(values);
  const label = longLabel(labels[peak] ?? '', labelKind(labels));
  return `${label} with ${formatValue(values[peak] ?? 0, unit)}, the lowest value ${formatValue(Math.min(...values), unit)}`;
}

function waterfallInWords({ title, labels, values, unit }: ChartBlock): string {
  const steps = values.map((value, index) => `${labels[index] ?? ''} ${formatValue(value, unit)}`);
  return `${title}: ${steps.join(', ')}.`;
}
