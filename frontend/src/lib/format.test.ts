import { expect, test } from 'vitest';
import type { Unit } from '../contract/contract';
import {
  formatBytes,
  formatCell,
  formatCompactParts,
  formatCount,
  formatDuration,
  formatExact,
  formatValue,
} from './format';

test.each<[number, Unit, string]>([
  [368.02890435, 'usd', '368.03 USD'],
  [1234567.5, 'usd', '1,234,567.50 USD'],
  [0, 'usd', '0.00 USD'],
  [0.1234, 'usd', '0.1234 USD'],
  [0.5, 'usd', '0.50 USD'],
  [0.000042137, 'usd', '0.000042 USD'],
  [-28.62, 'usd', '-28.62 USD'],
  [31.35664827, 'pct', '31.4 %'],
  [30, 'pct', '30 %'],
  [0.042, 'pct', '0.042 %'],
  [28452, 'requests', '28,452 requests'],
  [1, 'requests', '1 request'],
  [1155.4, 'tokens', '1,155 tokens'],
  [26832.65, 'ms', '26,833 ms'],
  [2592000000, 'ms', '30 days'],
  [86400000, 'ms', '24 hours'],
  [15, 'count', '15'],
  [2.5, 'count', '2.5'],
])('%f in %s is written as the answers write it: %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test('a percentage in a column keeps its decimal, so that digits stand below digits', () => {
  expect([57.807, 100, 0, 0.04].map((value) => formatCell(value, 'pct'))).toEqual([
    '57.8',
    '100.0',
    '0.0',
    '0.04',
  ]);
});

test('a tile names millions, and no unit that its name says already', () => {
  expect(formatCompactParts(136549409, 'tokens', 'input tokens')).toEqual({
    number: '136.5',
    suffix: 'million',
  });
  expect(formatCompactParts(999999, 'tokens', 'prompts')).toEqual({ number: '999,999', suffix: 'tokens' });
  expect(formatCompactParts(2.4e9, 'tokens', 'in all')).toEqual({ number: '2.4', suffix: 'billion tokens' });
  expect(formatCompactParts(28452, 'requests', 'requests')).toEqual({ number: '28,452', suffix: '' });
  expect(formatCompactParts(368.03, 'usd', 'total cost')).toEqual({ number: '368.03', suffix: 'USD' });
  expect(formatCompactParts(368028.9, 'usd', 'total cost')).toEqual({ number: '368,029', suffix: 'USD' });
  expect(formatCompactParts(12345678.9, 'usd', 'cost')).toEqual({ number: '12.35', suffix: 'million USD' });
  expect(formatCompactParts(12.5, 'pct', 'share')).toEqual({ number: '12.5', suffix: '%' });
});

test('the exact value keeps six decimals, and says the unit', () => {
  expect(formatExact(115.4015291, 'usd')).toBe('115.401529 USD');
  expect(formatExact(3, 'count')).toBe('3');
});

test.each([
  [0, '0 ms'],
  [420.4, '420 ms'],
  [999.7, '1.0 s'],
  [6_240, '6.2 s'],
  [59_970, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_599_900, '1 h 0 min'],
  [11_520_000, '3 h 12 min'],
])('%d ms passed: %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [1, '1 byte'],
  [812, '812 bytes'],
  [1_024, '1 KB'],
  [1_500_000, '1.4 MB'],
  [1_048_575, '1 MB'],
  [536_870_912, '512 MB'],
  [5 * 1_024 ** 4, '5 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts have thousands', () => {
  expect(formatCount(28452)).toBe('28,452');
});
