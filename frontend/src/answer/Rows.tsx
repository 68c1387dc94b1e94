import type { ChartBlock } from '../contract/contract';
import { formatValue } from '../lib/format';
import { chartInWords } from './chartPeak';
import { Legend } from './Legend';

/** Height of a bar, in px. */
const BAR = 14;

/** Rows of bars: name, bar and value; a second bar where there is something to compare with. */
export function Rows({ chart }: { chart: ChartBlock }) {
  const { labels, values, comparison, unit } = chart;
  const widest = widestOf([...values, ...(comparison ?? [])]);
  return (
    <div class="chart-rows" role="img" aria-label={chartInWords(chart)}>
      <Legend chart={chart} />
      {labels.map((label, index) => {
        const value = values[index] ?? 0;
        const before = comparison?.[index];
        return (
          <div class="chart-row" key={label}>
            <span class="chart-name">{label}</span>
            <svg width="100%" height={comparison ? 2 * BAR + 2 : BAR} aria-hidden="true">
              <Bar name={value < 0 ? 'negative' : ''} to={value} widest={widest} />
              {before !== undefined && <Bar name="compared" to={before} widest={widest} y={BAR + 2} />}
            </svg>
            <span class="num">
              {formatValue(value, unit)}
              {before !== undefined && <span class="chart-before">{formatValue(before, unit)}</span>}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** A whole, what is taken off step by step, and what is left: each step begins where the one before it ends. */
export function Waterfall({ chart }: { chart: ChartBlock }) {
  const { labels, values, unit } = chart;
  const last = values.length - 1;
  const ends = values.map((_, index) => sum(values.slice(0, index + 1)));
  const widest = widestOf([...ends.slice(0, last), values[last] ?? 0]);
  return (
    <div class="chart-rows" role="img" aria-label={chartInWords(chart)}>
      {labels.map((label, index) => {
        const value = values[index] ?? 0;
        const isWhole = index === 0 || index === last;
        const from = isWhole ? 0 : (ends[index - 1] ?? 0);
        return (
          <div class="chart-row" key={label}>
            <span class="chart-name">{label}</span>
            <svg width="100%" height={BAR} aria-hidden="true">
              <Bar name={stepName(isWhole, value)} from={from} to={from + value} widest={widest} />
            </svg>
            <span class="num">{formatValue(value, unit)}</span>
          </div>
        );
      })}
    </div>
  );
}

function stepName(isWhole: boolean, value: number): string {
  if (isWhole) return 'whole';
  return value > 0 ? 'negative' : '';
}

function Bar(props: { name: string; from?: number; to: number; widest: number; y?: number }) {
  const { name, from = 0, to, widest, y = 0 } = props;
  return (
    <rect
      class={`chart-bar ${name}`}
      x={`${(100 * Math.min(Math.abs(from), Math.abs(to))) / widest}%`}
      y={y}
      width={`${(100 * Math.abs(to - from)) / widest}%`}
      height={BAR}
      rx="2"
    />
  );
}

function widestOf(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs), Number.MIN_VALUE);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
