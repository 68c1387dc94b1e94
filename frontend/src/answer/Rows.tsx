import type { ChartBlock } from '../contract/contract';
import { formatValue } from '../lib/format';
import { chartInWords } from './chartPeak';

/** Rows of bars: name, bar and value. */
export function Rows({ chart }: { chart: ChartBlock }) {
  const widest = Math.max(...chart.values.map(Math.abs), Number.MIN_VALUE);
  return (
    <div class="chart-rows" role="img" aria-label={chartInWords(chart)}>
      {chart.labels.map((label, index) => {
        const value = chart.values[index] ?? 0;
        return (
          <div class="chart-row" key={label}>
            <span class="chart-name">{label}</span>
            <svg width="100%" height="14" aria-hidden="true">
              <rect
                class={value < 0 ? 'chart-bar negative' : 'chart-bar'}
                width={`${(100 * Math.abs(value)) / widest}%`}
                height="14"
                rx="2"
              />
            </svg>
            <span class="num">{formatValue(value, chart.unit)}</span>
          </div>
        );
      })}
    </div>
  );
}
