import { expect, test } from 'vitest';
import type { StatementLine } from '../contract/contract';
import { newestMonth, priceEffectOf } from './statement';

const line = (basis: StatementLine['basis'], price_effect_usd: number) =>
  ({ basis, price_effect_usd }) as StatementLine;

test('what prices did is summed over all that was measured, explained or not, and over no projection', () => {
  expect(priceEffectOf([line('measured', 2), line('unexplained', -0.5), line('projected', 100)])).toBe(1.5);
});

test('without a ledger the present month is shown', () => {
  expect(newestMonth([], '2026-11')).toBe('2026-11');
});
