import type { Answer, ChartBlock, Fact, Recommendation, TableBlock } from '../contract/contract';
import { formatNumber, formatValue } from '../lib/format';
import { columnUnit, type Grid, tableMarkdown } from '../lib/table';
import { allRecommendations, cellsOf } from './parts';

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
