import { expect, test } from 'vitest';
import type { ChartBlock } from '../contract/contract';
import { chartInWords } from './chartPeak';
import { labelKind, labelStep, longLabel, niceTicks, shortLabel } from './chartScale';

test('days and hours are columns over time, all else are names', () => {
  expect(labelKind(['2026-10-12', '2026-10-13'])).toBe('day');
  expect(labelKind(['00', '23'])).toBe('hour');
  expect(labelKind(['00', '24'])).toBe('name');
  expect(labelKind(['gpt-4o'])).toBe('name');
  expect(labelKind([])).toBe('name');
});

test('labels read as dates and times wherever the reader is', () => {
  expect(shortLabel('2026-10-01', 'day')).toBe('1 Oct');
  expect(longLabel('2026-10-29', 'day')).toBe('Thu, 29 Oct 2026');
  expect(shortLabel('07', 'hour')).toBe('07:00');
  expect(longLabel('gpt-4o', 'name')).toBe('gpt-4o');
});

test.each([
  [[55.8], [0, 20, 40, 60]],
  [[100], [0, 25, 50, 75, 100]],
  [
    [-3, 8],
    [-5, 0, 5, 10],
  ],
  [[0], [0, 1]],
])('the lines behind %j are round and hold all of it', (values, ticks) => {
  expect(niceTicks(values)).toEqual(ticks);
});

test('about ten labels stand below any number of columns', () => {
  expect([1, 10, 30, 365].map((count) => labelStep(count, '29 Oct'.length))).toEqual([1, 1, 3, 37]);
});

test('the chart in words names its highest bar', () => {
  const chart: ChartBlock = {
    type: 'chart',
    kind: 'bars',
    series: [],
    labels: [],
    values: [],
    title: 'Cost per day',
    unit: 'usd',
    source: 1,
  };
  expect(chartInWords({ ...chart, labels: ['2026-10-28', '2026-10-29'], values: [3, 55.776] })).toBe(
    'Cost per day: 2 bars. The highest is Thu, 29 Oct 2026 with 55.78 USD, the lowest value 3.00 USD.',
  );
});
