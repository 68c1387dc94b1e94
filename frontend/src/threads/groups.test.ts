import { expect, test } from 'vitest';
import { groupByDay, matching } from './groups';
import type { ThreadItem } from './threads';

const NOW = new Date(2026, 10, 22, 9, 30);

function thread(title: string, at: Date): ThreadItem {
  return { id: title, title, updatedAt: at.getTime(), running: false, datasetIds: [] };
}

test('conversations are grouped by calendar days, in the order they came', () => {
  const items = [
    thread('now', NOW),
    thread('midnight', new Date(2026, 10, 22, 0, 0)),
    thread('last evening', new Date(2026, 10, 21, 23, 59)),
    thread('a week ago', new Date(2026, 10, 15, 0, 0)),
    thread('before', new Date(2026, 10, 14, 23, 59)),
  ];
  const named = groupByDay(items, NOW).map(({ name, items: found }) => [name, found.map(({ id }) => id)]);
  expect(named).toEqual([
    ['Today', ['now', 'midnight']],
    ['Yesterday', ['last evening']],
    ['Previous 7 days', ['a week ago']],
    ['Older', ['before']],
  ]);
});

test('a conversation that a server with a faster clock changed is of today', () => {
  const [group] = groupByDay([thread('ahead', new Date(2026, 10, 23, 0, 1))], NOW);
  expect(group?.name).toBe('Today');
});

test('days without conversations are left out', () => {
  expect(groupByDay([thread('now', NOW)], NOW)).toHaveLength(1);
  expect(groupByDay([], NOW)).toEqual([]);
});

test('a search finds titles with all its words, in any order and case', () => {
  const items = [thread('Cut the OpenAI bill', NOW), thread('What did the bill grow by?', NOW)];
  expect(matching(items, '  BILL cut').map(({ id }) => id)).toEqual(['Cut the OpenAI bill']);
  expect(matching(items, '')).toHaveLength(2);
  expect(matching(items, 'invoice')).toEqual([]);
});
