import type { Answer, Block, ChartBlock, Fact, Recommendation, TableBlock } from '../contract/contract';
import { formatNumber, formatValue } from '../lib/format';
import { columnUnit, type Grid, tableMarkdown } from '../lib/table';
import { unhandled } from '../lib/unhandled';
import { allRecommendations, blocksIn, cellsOf } from './parts';

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
  const parts = [
    question && quoted(question),
    answer.text,
    ...blocksIn(answer, 'headline').map(blockMarkdown),
    ...allRecommendations(answer).map(recommendationMarkdown),
    ...blocksIn(answer, 'evidence').map(blockMarkdown),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function blockMarkdown(block: Block): string | null {
  switch (block.type) {
    case 'figures':
      return `## ${block.title}\n\n${factList(block.facts)}`;
    case 'chart':
      return `## ${block.title}\n\n${tableMarkdown(chartGrid(block))}`;
    case 'table':
      return `## ${block.title}\n\n${tableMarkdown(gridOf(block))}`;
    case 'text':
      return block.text;
    case 'recommendation':
      return recommendationMarkdown(block);
    default:
      return unhandled(block);
  }
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
