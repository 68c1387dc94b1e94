import { useState } from 'preact/hooks';
import type { ChartBlock } from '../contract/contract';
import { formatNumber, formatValue } from '../lib/format';
import { chartInWords, peakOf } from './chartPeak';
import { labelKind, labelStep, longLabel, niceTicks, shortLabel } from './chartScale';

const PLOT = 168;
const TOP = 8;
const HEIGHT = TOP + PLOT + 28;
const WIDEST = 12;

/** Columns over time. The line above names the highest, or the one under the pointer. */
export function Columns({ chart }: { chart: ChartBlock }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const kind = labelKind(chart.labels);
  const ticks = niceTicks(chart.values);
  const low = ticks[0] ?? 0;
  const range = (ticks.at(-1) ?? 1) - low;
  const y = (value: number) => TOP + PLOT * (1 - (value - low) / range);
  const peak = peakOf(chart.values);
  const shown = pointed ?? peak;
  const slot = 100 / chart.values.length;
  const width = Math.min(slot * 0.72, WIDEST);
  return (
    <div class="chart">
      <p class="chart-readout num" aria-hidden="true">
        {pointed === null && 'Highest: '}
        {longLabel(chart.labels[shown] ?? '', kind)}{' '}
        <strong>{formatValue(chart.values[shown] ?? 0, chart.unit)}</strong>
      </p>
      <svg
        class="chart-columns"
        width="100%"
        height={HEIGHT}
        role="img"
        aria-label={chartInWords(chart)}
        onPointerLeave={(event) => event.pointerType === 'mouse' && setPointed(null)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              class={tick === 0 ? 'chart-base' : 'chart-grid'}
              x1="0"
              x2="100%"
              y1={y(tick)}
              y2={y(tick)}
            />
            <text class="chart-text" x="-8" y={y(tick)} dy="0.32em" text-anchor="end">
              {tick === 0 ? '0' : formatNumber(tick, 'count')}
            </text>
          </g>
        ))}
        {chart.values.map((value, index) => (
          <g
            key={chart.labels[index]}
            onPointerEnter={() => setPointed(index)}
            onPointerDown={() => setPointed(index)}
          >
            <rect class="chart-hit" x={`${index * slot}%`} width={`${slot}%`} y="0" height={TOP + PLOT} />
            <rect
              class={index === shown ? 'chart-bar marked' : 'chart-bar'}
              x={`${(index + 0.5) * slot - width / 2}%`}
              width={`${width}%`}
              y={Math.min(y(value), y(0))}
              height={Math.max(Math.abs(y(value) - y(0)), value === 0 ? 0 : 1)}
              rx="2"
            />
          </g>
        ))}
        <AxisLabels labels={chart.labels.map((label) => shortLabel(label, kind))} slot={slot} />
      </svg>
    </div>
  );
}

/** Labels as far as there is room; every other one gives way on a narrow screen. */
function AxisLabels({ labels, slot }: { labels: readonly string[]; slot: number }) {
  const step = labelStep(labels.length);
  return labels.map((label, index) =>
    index % step === 0 ? (
      <text
        key={label}
        class={index % (2 * step) === 0 ? 'chart-text' : 'chart-text minor'}
        x={`${(index + 0.5) * slot}%`}
        y={HEIGHT - 8}
        text-anchor="middle"
      >
        {label}
      </text>
    ) : null,
  );
}
