import './chart.css';
import { useState } from 'preact/hooks';
import type { ChartBlock } from '../contract/contract';
import { Columns } from './Columns';
import { labelKind } from './chartScale';
import { GridTable, TableMenu } from './DataTable';
import { chartGrid } from './export';
import { SourceButton } from './FigureButton';
import { Line } from './Line';
import { Rows, Waterfall } from './Rows';

/** A chart of its kind; the same numbers as a table are one click away. */
export function Chart({ chart }: { chart: ChartBlock }) {
  const [asTable, setAsTable] = useState(false);
  const grid = chartGrid(chart);
  return (
    <section class="block" aria-label={chart.title}>
      <header class="block-head">
        <h3>{chart.title}</h3>
        <div class="block-actions">
          <button type="button" class="button quiet small" onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Show the chart' : 'Show as table'}
          </button>
          <SourceButton source={chart.source} of={`the chart "${chart.title}"`} />
          <TableMenu title={chart.title} grid={grid} />
        </div>
      </header>
      {asTable ? <GridTable title={chart.title} grid={grid} /> : <Drawing chart={chart} />}
    </section>
  );
}

/** Bars are columns over days or hours, else rows. */
function Drawing({ chart }: { chart: ChartBlock }) {
  if (chart.values.length === 0) return <p class="chart-readout">There are no values to show.</p>;
  if (chart.kind === 'line') return <Line chart={chart} />;
  if (chart.kind === 'waterfall') return <Waterfall chart={chart} />;
  const isRanking = chart.kind !== 'histogram' && labelKind(chart.labels) === 'name';
  return isRanking ? <Rows chart={chart} /> : <Columns chart={chart} />;
}
