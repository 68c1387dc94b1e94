import { useState } from 'preact/hooks';
import type { ChartBlock } from '../contract/contract';
import { Axes, type Scale } from './Axes';
import { peakOf } from './chartPeak';

const WIDEST = 12;

/** Columns over time, two for each label where there is something to compare with; without gaps for ranges. */
export function Columns({ chart }: { chart: ChartBlock }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = pointed ?? peakOf(chart.values);
  const slot = 100 / chart.values.length;
  const width = chart.kind === 'histogram' ? slot : Math.min(slot * 0.72, WIDEST);
  const half = width / 2;
  return (
    <Axes chart={chart} pointed={pointed} onPoint={setPointed}>
      {(scale) =>
        chart.values.map((value, index) => {
          const left = (index + 0.5) * slot - half;
          const before = chart.comparison?.[index];
          const name = index === shown ? 'chart-bar marked' : 'chart-bar';
          if (!chart.comparison) {
            return <Column key={index} name={name} value={value} scale={scale} left={left} width={width} />;
          }
          return (
            <g key={index}>
              <Column name={name} value={value} scale={scale} left={left} width={half} />
              {before !== undefined && (
                <Column
                  name="chart-bar compared"
                  value={before}
                  scale={scale}
                  left={left + half}
                  width={half}
                />
              )}
            </g>
          );
        })
      }
    </Axes>
  );
}

function Column(props: { name: string; value: number; scale: Scale; left: number; width: number }) {
  const { name, value, scale, left, width } = props;
  const { y } = scale;
  return (
    <rect
      class={name}
      x={`${left}%`}
      width={`${width}%`}
      y={Math.min(y(value), y(0))}
      height={Math.max(Math.abs(y(value) - y(0)), value === 0 ? 0 : 1)}
      rx="2"
    />
  );
}
