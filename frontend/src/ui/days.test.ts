import { expect, test } from 'vitest';
import { monthInWords, monthPlus, utcDay, utcDays } from './days';

test('a day of UTC is the same wherever it is looked at', () => {
  expect(utcDay('2026-11-23T23:59:59+00:00')).toBe('23 Nov 2026');
  expect(utcDay('2026-11-24')).toBe('24 Nov 2026');
});

test.each([
  ['2026-11-04', '2026-11-04', '4 Nov 2026'],
  ['2026-11-04', '2026-11-24', '4 to 24 Nov 2026'],
  ['2026-10-28', '2026-11-03', '28 Oct to 3 Nov 2026'],
  ['2026-12-28', '2027-01-03', '28 Dec 2026 to 3 Jan 2027'],
])('days from %s to %s are written without saying anything twice: %s', (first, last, words) => {
  expect(utcDays(first, last)).toBe(words);
});

test('months go on over the end of a year', () => {
  expect([monthPlus('2026-12', 1), monthPlus('2027-01', -1), monthInWords('2026-12')]).toEqual([
    '2027-01',
    '2026-12',
    'December 2026',
  ]);
});
