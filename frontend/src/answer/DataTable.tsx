import './table.css';
import { useState } from 'preact/hooks';
import type { TableBlock, Unit } from '../contract/contract';
import { formatCell } from '../lib/format';
import { columnUnit, type Grid, tableCsv, tableMarkdown } from '../lib/table';
import { copy } from '../ui/copy';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { ScrollBox } from '../ui/ScrollBox';
import { gridOf } from './export';
import { SourceButton } from './FigureButton';

const FIRST_ROWS = 8;
const ROWS_WORTH_HIDING = 12;
const LONG_NAME = 22;

/** A table of the answer: its title, source, rows, and its copy as CSV or Markdown. */
export function DataTable({ table }: { table: TableBlock }) {
  const grid = gridOf(table);
  return (
    <section class="block" aria-label={table.title}>
      <header class="block-head">
        <h3>{table.title}</h3>
        <div class="block-actions">
          <SourceButton source={table.source} of={`the table "${table.title}"`} />
          <TableMenu title={table.title} grid={grid} />
        </div>
      </header>
      <GridTable title={table.title} grid={grid} />
    </section>
  );
}

/** The ways to copy a table. */
export function TableMenu({ title, grid }: { title: string; grid: Grid }) {
  return (
    <Menu
      label={`Copy the table "${title}"`}
      class="icon-button small"
      items={[
        { label: 'Copy as CSV', run: () => copy(tableCsv(grid), 'The table') },
        { label: 'Copy as Markdown', run: () => copy(tableMarkdown(grid), 'The table') },
      ]}
    >
      <Icon name="copy" />
    </Menu>
  );
}

/** The rows, of a long table the first ones; numbers stand right, digit below digit. */
export function GridTable({ title, grid }: { title: string; grid: Grid }) {
  const [all, setAll] = useState(false);
  const isLong = grid.rows.length > ROWS_WORTH_HIDING;
  const wordy = grid.rows.some(([first]) => typeof first === 'string' && first.length > LONG_NAME);
  return (
    <>
      <ScrollBox label={title} hint="More columns">
        <table class={wordy ? 'data-table wordy' : 'data-table'}>
          <caption class="visually-hidden">{title}</caption>
          <thead>
            <tr>
              {grid.columns.map((column, index) => (
                <Head key={column} column={column} unit={grid.units[index]} />
              ))}
            </tr>
          </thead>
          <tbody>
            {(all || !isLong ? grid.rows : grid.rows.slice(0, FIRST_ROWS)).map((row, line) => (
              <tr key={line}>
                {row.map((cell, index) => (
                  <Cell key={index} cell={cell} unit={grid.units[index]} first={index === 0} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {isLong && (
        <button type="button" class="button quiet small" onClick={() => setAll(!all)}>
          {all ? `Show the first ${FIRST_ROWS} rows` : `Show all ${grid.rows.length} rows`}
        </button>
      )}
    </>
  );
}

function Head({ column, unit }: { column: string; unit: Unit | null | undefined }) {
  const suffix = columnUnit(column, unit);
  return (
    <th scope="col" class={unit ? 'right' : undefined}>
      {column}
      {suffix && <span class="unit"> {suffix}</span>}
    </th>
  );
}

function Cell(props: { cell: string | number | null; unit: Unit | null | undefined; first: boolean }) {
  const { cell, unit, first } = props;
  const text = typeof cell === 'number' ? formatCell(cell, unit ?? 'count') : (cell ?? '–');
  if (first)
    return (
      <th scope="row" class={unit ? 'num right' : undefined}>
        {text}
      </th>
    );
  return <td class={unit || typeof cell === 'number' ? 'num right' : undefined}>{text}</td>;
}
