import type { Answer, Block, ChartBlock, Fact, Recommendation, TableBlock } from '../contract/contract';
import { formatNumber, formatValue } from '../lib/format';
import { columnUnit, type Grid, tableMarkdown } from '../lib/table';
import { unhandled } from '../lib/unhandled';
import { seriesOf } from './chartPeak';
import { allRecommendations, blocksIn, cellsOf } from './parts';
import { notUsed, readingLine } from './reading';

/** A table block in plain rows. */
export function gridOf(table: TableBlock): Grid {
  return { columns: table.columns, units: table.units, rows: table.rows.map(cellsOf) };
}

/** A chart as the table of its labels and values. */
export function chartGrid(chart: ChartBlock): Grid {
  const [, over] = /\bper (\w+)$/.exec(chart.title) ?? [];
  const { labels, values, comparison, unit } = chart;
  const names = seriesOf(chart);
  return {
    columns: [
      over ? over.charAt(0).toUpperCase() + over.slice(1) : 'Label',
      ...(comparison ? [names.values, names.comparison] : [names.values]),
    ],
    units: [null, ...(comparison ? [unit, unit] : [unit])],
    rows: labels.map((label, index) => [
      label,
      values[index] ?? null,
      ...(comparison ? [comparison[index] ?? null] : []),
    ]),
  };
}

/** The whole answer as Markdown, below its question. */
export function answerMarkdown(answer: Answer, question: string): string {
  const parts = [
    question && quoted(question),
    readingMarkdown(answer),
    answer.text,
    choicesMarkdown(answer),
    ...blocksIn(answer, 'headline').map(blockMarkdown),
    ...allRecommendations(answer).map(recommendationMarkdown),
    ...blocksIn(answer, 'evidence').map(blockMarkdown),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function readingMarkdown(answer: Answer): string {
  const line = readingLine(answer);
  return [line && `Read as: ${line}`, notUsed(answer)].filter(Boolean).join('\n\n');
}

function choicesMarkdown({ choices }: Answer): string {
  return (choices ?? []).map(({ label }) => `- ${label}`).join('\n'); // answers from before have none
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
