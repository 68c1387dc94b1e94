import type { Answer, ChartBlock, Fact, Recommendation, TableBlock, Unit } from '../contract/contract';
import { formatNumber, formatValue, unitName } from '../lib/format';
import { allRecommendations, cellsOf } from './parts';

type Cell = string | number | null;
/** What a spreadsheet runs as a formula, the wide forms of some locales included (OWASP, CSV injection). */
const RUN = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
type Grid = Pick<TableBlock, 'columns' | 'units'> & { rows: readonly (readonly Cell[])[] };

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

/** A table block in plain rows. */
export function gridOf(table: TableBlock): Grid {
  return { columns: table.columns, units: table.units, rows: table.rows.map(cellsOf) };
}

/** A chart as the table of its labels and values. */
export function chartGrid(chart: ChartBlock): Grid {
  const [, over] = /\bper (\w+)$/.exec(chart.title) ?? [];
  return {
    columns: [over ? over.charAt(0).toUpperCase() + over.slice(1) : 'Label', chart.title],
    units: [null, chart.unit],
    rows: chart.labels.map((label, index) => [label, chart.values[index] ?? null]),
  };
}

/** The whole answer as Markdown, below its question. */
export function answerMarkdown(answer: Answer, question: string): string {
  const blocks = answer.blocks.filter((block) => block.type !== 'recommendation');
  const parts = [question && quoted(question), answer.text];
  for (const block of blocks)
    if (block.type === 'figures') parts.push(`## ${block.title}`, factList(block.facts));
  parts.push(...allRecommendations(answer).map(recommendationMarkdown));
  for (const block of blocks) {
    if (block.type === 'text') parts.push(block.text);
    if (block.type === 'chart') parts.push(`## ${block.title}`, tableMarkdown(chartGrid(block)));
    if (block.type === 'table') parts.push(`## ${block.title}`, tableMarkdown(gridOf(block)));
  }
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** One recommendation as Markdown. */
export function recommendationMarkdown(item: Recommendation): string {
  const saved = `${formatValue(item.savings_usd, 'usd')} (${formatValue(item.savings_pct, 'pct')})`;
  return [
    `## ${item.rank}. ${item.title}`,
    `Saves ${saved}. Effort ${item.effort}, quality risk ${item.risk}, confidence ${item.confidence}.`,
    item.method,
    item.steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    item.verify && `**To verify:** ${item.verify}`,
    item.rollback && `**To roll back:** ${item.rollback}`,
    item.assumptions.length > 0 &&
      `**Assumed:**\n\n${item.assumptions.map((text) => `- ${text}`).join('\n')}`,
    item.snippet && `\`\`\`\n${item.snippet}\n\`\`\``,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function factList(facts: readonly Fact[]): string {
  return facts
    .map(({ name, value, unit }) => {
      const written = columnUnit(name, unit) ? formatValue(value, unit) : formatNumber(value, unit);
      return `- ${name.charAt(0).toUpperCase()}${name.slice(1)}: ${written}`;
    })
    .join('\n');
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = RUN.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(cell: Cell, unit: Unit | null | undefined): string {
  if (cell === null) return '';
  const text = typeof cell === 'number' ? formatNumber(cell, unit ?? 'count') : cell;
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
