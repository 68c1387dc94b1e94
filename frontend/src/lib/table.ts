import type { Unit } from '../contract/contract';
import { formatNumber, unitName } from './format';

type Cell = string | number | null;
/** What a spreadsheet runs as a formula, the wide forms of some locales included (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A table in plain rows; a column without a unit holds texts. */
export interface Grid {
  columns: readonly string[];
  units: readonly (Unit | null)[];
  rows: readonly (readonly Cell[])[];
}

/** A column's heading with its unit, where the heading does not say it: "Cost (USD)". */
export function headingOf(column: string, unit: Unit | null | undefined): string {
  const suffix = columnUnit(column, unit);
  return suffix ? `${column} (${suffix})` : column;
}

/** The unit that a column's heading leaves open; empty for "Requests" in requests. */
export function columnUnit(column: string, unit: Unit | null | undefined): string {
  const suffix = unitName(unit);
  return column.toLowerCase().includes(suffix.toLowerCase()) ? '' : suffix;
}

/** A table as CSV (RFC 4180) with the numbers as they are; a text that a spreadsheet would run is made a text. */
export function tableCsv(table: Grid): string {
  const heads = table.columns.map((column, index) => headingOf(column, table.units[index]));
  const lines = [heads, ...table.rows].map((row) => row.map(csvCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** A table as Markdown, numbers as they are shown. */
export function tableMarkdown(table: Grid): string {
  const heads = table.columns.map((column, index) => headingOf(column, table.units[index]));
  const rule = table.columns.map((_, index) => (table.units[index] ? '---:' : '---'));
  const rows = table.rows.map((row) => row.map((cell, index) => markdownCell(cell, table.units[index])));
  return [heads.map((head) => markdownCell(head, null)), rule, ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(cell: Cell, unit: Unit | null | undefined): string {
  if (cell === null) return '';
  const text = typeof cell === 'number' ? formatNumber(cell, unit ?? 'count') : cell;
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
