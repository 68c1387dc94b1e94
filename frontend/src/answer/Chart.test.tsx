import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test } from 'vitest';
import type { Answer, ChartBlock } from '../contract/contract';
import { Chart } from './Chart';
import comparisonFixture from './fixtures/comparison.json';

const { blocks } = comparisonFixture.answer as unknown as Answer;

function chartOf(title: string): ChartBlock {
  const found = blocks.find((block) => block.type === 'chart' && block.title === title);
  if (found?.type !== 'chart') throw new Error(`the fixture has no chart ${title}`);
  return found;
}

function show(chart: ChartBlock): void {
  act(() => render(<Chart chart={chart} />, document.body));
}

const all = (selector: string) => [...document.querySelectorAll(selector)];
const numbers = (selector: string, name: string) =>
  all(selector).map((each) => Number.parseFloat(each.getAttribute(name) ?? ''));
const label = () => document.querySelector('[role=img]')?.getAttribute('aria-label');

afterEach(() => act(() => render(null, document.body)));

test('a trend is a line, with the period that it is compared with as a dashed one', () => {
  show(chartOf('Cost per day'));
  const points = all('polyline').map((line) => line.getAttribute('points')?.split(' ').length);
  expect(points).toEqual([7, 7]);
  expect(all('polyline.compared')).toHaveLength(1);
  expect(label()).toBe(
    'Cost per day: 7 points. The highest is Wed, 18 Nov 2026 with 9.70 USD, the lowest value 4.80 USD. ' +
      '7 to 13 Nov: the highest is Wed, 18 Nov 2026 with 4.80 USD, the lowest value 4.20 USD.',
  );
  expect(all('.chart-key').map((key) => key.textContent)).toEqual(['14 to 20 Nov', '7 to 13 Nov']);
});

test('a line of one point is seen', () => {
  const { comparison, ...alone } = chartOf('Cost per day');
  expect(comparison).toBeDefined();
  show({ ...alone, labels: ['2026-11-14'], values: [5.1] });
  expect(all('circle')).toHaveLength(1);
  expect(all('.chart-legend')).toHaveLength(0);
});

test('a compared period that is shorter ends earlier', () => {
  show({ ...chartOf('Cost per day'), comparison: [4.4, 4.5] });
  expect(document.querySelector('polyline.compared')?.getAttribute('points')).toMatch(/^0\.5,\S+ 1\.5,\S+$/);
});

test('the line above names the value under the pointer, and the one that it is compared with', () => {
  show(chartOf('Cost per day'));
  expect(document.querySelector('.chart-readout')?.textContent).toBe(
    'Highest: Wed, 18 Nov 2026 9.70 USD, against 4.80 USD',
  );
  const svg = document.querySelector('svg.chart-columns') as SVGElement;
  svg.getBoundingClientRect = () => ({ left: 0, width: 70 }) as DOMRect;
  act(() => void svg.dispatchEvent(new PointerEvent('pointermove', { clientX: 15 })));
  expect(document.querySelector('.chart-readout')?.textContent).toBe(
    'Sun, 15 Nov 2026 4.80 USD, against 4.50 USD',
  );
});

test('a ranking that is compared has two bars for each name, on one scale', () => {
  show(chartOf('Cost by model'));
  const rows = all('.chart-row').map((row) => row.textContent);
  expect(rows[0]).toBe('gpt-4o22.10 USD14.90 USD');
  expect(numbers('.chart-row:first-of-type rect', 'width').map(Math.round)).toEqual([100, 67]);
});

test('days that are compared have two columns each, side by side', () => {
  show(chartOf('Requests per day'));
  const lefts = numbers('.chart-bar', 'x');
  expect(lefts).toHaveLength(14);
  expect(all('.chart-bar.compared')).toHaveLength(7);
  const [width = 0] = numbers('.chart-bar', 'width');
  for (const index of [0, 2, 12]) expect(lefts[index + 1]).toBeCloseTo((lefts[index] ?? 0) + width);
});

test('the bars of a histogram have no gaps', () => {
  show(chartOf('Requests by duration'));
  const lefts = numbers('.chart-bar', 'x');
  const [width = 0] = numbers('.chart-bar', 'width');
  expect(width * 7).toBeCloseTo(100);
  for (const [index, left] of lefts.entries()) expect(left).toBeCloseTo(index * width);
});

test('in a waterfall each step begins where the one before it ends, down to what is left', () => {
  show(chartOf('What the plan saves'));
  const lefts = numbers('.chart-bar', 'x');
  const widths = numbers('.chart-bar', 'width');
  const end = (index: number) => (lefts[index] ?? 0) + (widths[index] ?? 0);
  expect([lefts[0], Math.round(widths[0] ?? 0)]).toEqual([0, 100]);
  for (const index of [1, 2, 3]) expect(end(index)).toBeCloseTo(index === 1 ? 100 : (lefts[index - 1] ?? 0));
  expect(lefts[4]).toBe(0);
  expect(end(4)).toBeCloseTo(lefts[3] ?? 0);
  expect(label()).toContain('Cost now 368.03 USD, Send doc-summarizer as batch jobs -50.40 USD');
});

test('the table of a compared chart has both periods', () => {
  show(chartOf('Cost by model'));
  act(() => (document.querySelector('.block-actions button') as HTMLElement).click());
  expect(all('thead th').map((head) => head.textContent)).toEqual([
    'Label',
    '14 to 20 Nov USD',
    '7 to 13 Nov USD',
  ]);
  expect(all('tbody tr:first-child > *').map((cell) => cell.textContent)).toEqual([
    'gpt-4o',
    '22.10',
    '14.90',
  ]);
});

test('a chart from before there were kinds is drawn as bars', () => {
  const { kind, series, comparison, ...before } = chartOf('Cost by model');
  expect([kind, series.length, comparison?.length]).toEqual(['bars', 2, 3]);
  show(before as ChartBlock);
  expect(label()).toContain('Cost by model: 3 bars.');
});
