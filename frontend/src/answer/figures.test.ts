import { expect, test } from 'vitest';
import type { Figure } from '../contract/contract';
import { figureSplitter, type Part } from './figures';
import latency from './fixtures/latency.json';
import plan from './fixtures/plan.json';

const figure = (text: string, source = 1): Figure => ({ text, value: 1, unit: 'count', source });
const marked = (parts: Part[]) =>
  parts.map((part) => (typeof part === 'string' ? part : `[${part.text}]`)).join('');
const cut = (text: string, ...figures: Figure[]) => marked(figureSplitter(figures)(text));

test('a figure is marked wherever it stands by itself', () => {
  expect(cut('saves 50.40 USD (13.7 %), then 50.40 USD.', figure('50.40 USD'), figure('13.7 %'))).toBe(
    'saves [50.40 USD] ([13.7 %]), then [50.40 USD].',
  );
});

test('a bare number is never a part of another number, a name or a date', () => {
  const text = '3 of gpt-3.5, claude-3-5, 3.1 %, 3 %, 1,3, 2026-03-3, 3rd, 3:00; and 3.';
  expect(cut(text, figure('3'))).toBe(text.replace(/^3/, '[3]').replace(/3\.$/, '[3].'));
});

test('the longest figure wins where one begins with another', () => {
  expect(cut('30 % of 30 requests', figure('30'), figure('30 %'), figure('30 requests'))).toBe(
    '[30 %] of [30 requests]',
  );
});

test('a range keeps both of its ends', () => {
  expect(cut('10-20 USD', figure('10'), figure('20 USD'))).toBe('10-[20 USD]');
});

test('words and amounts with a dollar sign are figures, too', () => {
  expect(cut('at half the price, $5 (+5 %)', figure('half'), figure('$5'), figure('+5 %'))).toBe(
    'at [half] the price, [$5] ([+5 %])',
  );
});

test('equal texts of two sources open the one that is due by the order of the answer', () => {
  const split = figureSplitter([figure('7 USD', 38), figure('2 %', 38), figure('7 USD', 12)]);
  const sources = ['7 USD and 7 USD', '2 %', '7 USD'].flatMap((text) =>
    split(text).flatMap((part) => (typeof part === 'string' ? [] : [part.source])),
  );
  expect(sources).toEqual([38, 38, 38, 12]);
});

test.each([
  ['plan', plan.answer],
  ['latency', latency.answer],
])('every figure of a real answer (%s) is found in its text, from its own source', (_, answer) => {
  const figures = answer.figures as Figure[];
  const found = figureSplitter(figures)(answer.text).filter((part) => typeof part !== 'string');
  expect(new Set(found)).toEqual(new Set(figures));
});

test('no text is lost', () => {
  const figures = plan.answer.figures as Figure[];
  const parts = figureSplitter(figures)(plan.answer.text);
  expect(parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')).toBe(plan.answer.text);
});
