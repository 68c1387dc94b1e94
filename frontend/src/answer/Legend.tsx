import type { ChartBlock } from '../contract/contract';
import { seriesOf } from './chartPeak';

/** Which of two series is which; nothing where there is one. */
export function Legend({ chart }: { chart: ChartBlock }) {
  if (!chart.comparison) return null;
  const { values, comparison } = seriesOf(chart);
  const isLine = chart.kind === 'line';
  return (
    <p class="chart-legend" aria-hidden="true">
      <span class={isLine ? 'chart-key line' : 'chart-key'}>{values}</span>
      <span class={isLine ? 'chart-key line compared' : 'chart-key compared'}>{comparison}</span>
    </p>
  );
}
