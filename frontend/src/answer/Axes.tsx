import type { ComponentChildren } from 'preact';
import type { ChartBlock } from '../contract/contract';
import { formatNumber, formatValue } from '../lib/format';
import { chartInWords, peakOf } from './chartPeak';
import { labelKind, labelStep, longLabel, niceTicks, shortLabel } from './chartScale';
import { Legend } from './Legend';

const PLOT = 168;
const TOP = 8;
const HEIGHT = TOP + PLOT + 28;

/** Where values stand in the frame, in px from its top; `bottom` is the end of the plot. */
export interface Scale {
  y: (value: number) => number;
  bottom: number;
}

/**
 * The frame of a chart over an axis: a line that names the highest, or the one under the pointer, the lines behind, and
 * labels below. Each value has a slot of the same width.
 */
export function Axes(props: {
  chart: ChartBlock;
  pointed: number | null;
  onPoint: (index: number | null) => void;
  children: (scale: Scale) => ComponentChildren;
}) {
  const { chart, pointed, onPoint } = props;
  const kind = labelKind(chart.labels);
  const ticks = niceTicks([...chart.values, ...(chart.comparison ?? [])]);
  const low = ticks[0] ?? 0;
  const range = (ticks.at(-1) ?? 1) - low;
  const y = (value: number) => TOP + PLOT * (1 - (value - low) / range);
  const point = (event: PointerEvent & { currentTarget: SVGElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / width) * chart.values.length);
    onPoint(Math.min(Math.max(at, 0), chart.values.length - 1));
  };
  return (
    <div class="chart">
      <Legend chart={chart} />
      <Readout chart={chart} pointed={pointed} />
      <svg
        class={chart.kind === 'line' ? 'chart-columns chart-line' : 'chart-columns'}
        width="100%"
        height={HEIGHT}
        role="img"
        aria-label={chartInWords(chart)}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={(event) => event.pointerType === 'mouse' && onPoint(null)}
      >
        <rect class="chart-hit" width="100%" height={TOP + PLOT} />
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
        {props.children({ y, bottom: TOP + PLOT })}
        <AxisLabels labels={chart.labels.map((label) => shortLabel(label, kind))} />
      </svg>
    </div>
  );
}

function Readout({ chart, pointed }: { chart: ChartBlock; pointed: number | null }) {
  const { labels, values, comparison, unit } = chart;
  const shown = pointed ?? peakOf(values);
  const before = comparison?.[shown];
  return (
    <p class={comparison ? 'chart-readout num compared' : 'chart-readout num'} aria-hidden="true">
      {pointed === null && 'Highest: '}
      {longLabel(labels[shown] ?? '', labelKind(labels))}{' '}
      <strong>{formatValue(values[shown] ?? 0, unit)}</strong>
      {before !== undefined && `, against ${formatValue(before, unit)}`}
    </p>
  );
}

/** Labels as far as there is room; every other one gives way on a narrow screen. */
function AxisLabels({ labels }: { labels: readonly string[] }) {
  const step = labelStep(labels.length, Math.max(...labels.map((label) => label.length)));
  return labels.map((label, index) =>
    index % step === 0 ? (
      <text
        key={label}
        class={index % (2 * step) === 0 ? 'chart-text' : 'chart-text minor'}
        x={`${((index + 0.5) * 100) / labels.length}%`}
        y={HEIGHT - 8}
        text-anchor="middle"
      >
        {label}
      </text>
    ) : null,
  );
}
