import { expect, test } from 'vitest';
import type { Answer } from '../contract/contract';
import { tableCsv, tableMarkdown } from '../lib/table';
import { answerMarkdown, chartGrid, gridOf } from './export';
import comparisonFixture from './fixtures/comparison.json';
import planFixture from './fixtures/plan.json';
import questionBackFixture from './fixtures/question_back.json';
import { allRecommendations } from './parts';

const plan = planFixture.answer as unknown as Answer;
const byModel = plan.blocks.find((block) => block.type === 'table' && block.title === 'Cost by model');
if (byModel?.type !== 'table') throw new Error('the fixture has no table of models');

test('CSV keeps the numbers as they are and names the units', () => {
  const lines = tableCsv(gridOf(byModel)).split('\r\n');
  expect(lines[0]).toBe('Model,Cost (USD),Share (%),Requests,Input tokens,Output tokens');
  expect(lines[1]).toBe('claude-sonnet-4-5,212.746605,57.80703702491677,4464,62127210,1757665');
  expect(lines).toHaveLength(7);
});

test('CSV quotes what needs it, and no cell runs as a formula', () => {
  const grid = {
    columns: ['a', 'b'],
    units: [null, 'usd' as const],
    rows: [
      ['=1+1', 1],
      ['x,"y"', null],
    ],
  };
  expect(tableCsv(grid)).toBe('a,b (USD)\r\n\'=1+1,1\r\n"x,""y""",\r\n');
});

test.each(['=1+1', '+1', '-1', '@cmd', '\t=1', '\r=1', '\n=1', '\uff1d1', '\uff0b1', '\uff0d1', '\uff20a'])(
  'a name that a spreadsheet would run is made a text in its CSV: %j',
  (name) => {
    const csv = tableCsv({ columns: [name], units: [null], rows: [[name], [-1]] });
    expect(csv.match(/'/g)).toHaveLength(2);
    expect(csv.replaceAll('"', '')).toBe(`'${name}\r\n'${name}\r\n-1\r\n`);
  },
);

test('Markdown shows numbers as the page does, and a bar in a name breaks no column', () => {
  const grid = {
    columns: ['Feature', 'Cost'],
    units: [null, 'usd' as const],
    rows: [
      ['a|b', 1234.5],
      ['c', null],
    ],
  };
  expect(tableMarkdown(grid)).toBe(
    '| Feature | Cost (USD) |\n| --- | ---: |\n| a\\|b | 1,234.50 |\n| c |  |',
  );
});

test('a chart is a table of its labels', () => {
  const chart = {
    type: 'chart',
    kind: 'bars',
    title: 'Cost per day',
    unit: 'usd',
    labels: ['2026-10-12'],
    values: [2],
    source: 1,
  } as const;
  const grid = chartGrid({ ...chart, labels: [...chart.labels], values: [...chart.values], series: [] });
  expect(tableCsv(grid)).toBe('Day,Cost per day (USD)\r\n2026-10-12,2\r\n');
});

test('a recommendation that stands in blocks and in the plan is shown once', () => {
  expect(allRecommendations(plan).map((item) => item.rank)).toEqual([1, 2, 3]);
});

test('the copied answer holds the question, the text, every change and every table', () => {
  const text = answerMarkdown(plan, 'How do I cut this bill?');
  expect(text.startsWith('> How do I cut this bill?\n\nA plan of 3 changes saves 115.40 USD')).toBe(true);
  expect(text).toContain('- Total cost: 368.03 USD\n- Requests: 28,452\n');
  expect(text).toContain('## 1. Send doc-summarizer as batch jobs\n\nSaves 50.40 USD (13.7 %).');
  expect(text).toContain('| 2026-10-29 | 55.78 |');
  expect(text).toContain('| claude-sonnet-4-5 | 212.75 | 57.8 | 4,464 |');
});

test('the copied answer says how the question was read, and which of its words were not used', () => {
  const text = answerMarkdown(comparisonFixture.answer as unknown as Answer, 'What did it cost?');
  expect(text).toContain(
    '> What did it cost?\n\n' +
      'Read as: 14 to 20 November, against 7 to 13 November, only support_agent, by model, top 5\n\n' +
      'Not used: "roughly", "for Tom"\n\n' +
      'support_agent cost 41.20 USD',
  );
  expect(text).toContain('| Label | 14 to 20 Nov (USD) | 7 to 13 Nov (USD) |');
});

test('a copied question back lists its choices below it', () => {
  const text = answerMarkdown(questionBackFixture.answer as unknown as Answer, '');
  expect(text).toContain('Which one do you mean?\n\n- Cost of chat_web\n- Cost of chat_mobile\n');
});
