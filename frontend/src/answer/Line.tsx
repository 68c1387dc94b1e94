import { useState } from 'preact/hooks';
import type { ChartBlock } from '../contract/contract';
import { Axes, type Scale } from './Axes';
import { peakOf } from './chartPeak';

/** A line over time; the period that is compared with is a second, dashed one. */
export function Line({ chart }: { chart: ChartBlock }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { values, comparison } = chart;
  const shown = pointed ?? peakOf(values);
  const count = values.length;
  return (
    <Axes chart={chart} pointed={pointed} onPoint={setPointed}>
      {(scale) => (
        <>
          {comparison && <Path class="chart-path compared" values={comparison} count={count} scale={scale} />}
          <Path class="chart-path" values={values} count={count} scale={scale} />
          <circle
            class="chart-dot"
            cx={`${((shown + 0.5) * 100) / count}%`}
            cy={scale.y(values[shown] ?? 0)}
            r="4"
          />
        </>
      )}
    </Axes>
  );
}

/** Stretched to the width of the frame in which `count` values have room; the stroke is not stretched with it. */
function Path(props: { class: string; values: readonly number[]; count: number; scale: Scale }) {
  const { values, count, scale } = props;
  const points = values.map((value, index) => `${index + 0.5},${scale.y(value).toFixed(1)}`);
  return (
    <svg
      width="100%"
      height={scale.bottom}
      viewBox={`0 0 ${count} ${scale.bottom}`}
      preserveAspectRatio="none"
      overflow="visible"
      aria-hidden="true"
    >
      <polyline class={props.class} points={points.join(' ')} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
