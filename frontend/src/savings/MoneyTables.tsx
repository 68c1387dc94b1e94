import '../answer/table.css';
import type { StatementLine } from '../contract/contract';
import { formatNumber } from '../lib/format';
import { Icon } from '../ui/Icon';
import { ScrollBox } from '../ui/ScrollBox';

/** What was spent, what it would have been, and the difference, of a day or of a month; money is USD. */
export interface MoneyRow {
  key: string;
  basis: StatementLine['basis'];
  title: string;
  /** When, how much and where, in a line. */
  facts: string;
  /** How it was computed. */
  how?: string;
  counterfactual_usd: number;
  actual_usd: number;
  saved_usd: number;
  price_effect_usd: number;
}

const BASES = [
  { basis: 'measured', title: 'Measured in your usage' },
  { basis: 'unexplained', title: 'Not explained by a change you accepted: no fee' },
  { basis: 'projected', title: 'Projected, not measured yet: no fee' },
] as const;

/** Measured, unexplained and projected rows, each in a table of its own; `of` tells these tables from others. */
export function MoneyTables({ of, rows }: { of: string; rows: readonly MoneyRow[] }) {
  return (
    <>
      {BASES.map(({ basis, title }) => {
        const matching = rows.filter((row) => row.basis === basis);
        return matching.length > 0 && <Table key={basis} title={title} of={of} rows={matching} />;
      })}
    </>
  );
}

function Table({ title, of, rows }: { title: string; of: string; rows: readonly MoneyRow[] }) {
  return (
    <div class="savings-table">
      <h3>{title}</h3>
      <ScrollBox label={`${title}, ${of}`} hint="More columns">
        <table class="data-table wordy">
          <caption class="visually-hidden">
            {title}, {of}, in USD
          </caption>
          <thead>
            <tr>
              <th scope="col">Change</th>
              <Head name="Saved" />
              <Head name="As before" />
              <Head name="Actual" />
              <Head name="By prices" />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  );
}

function Head({ name }: { name: string }) {
  return (
    <th scope="col" class="right">
      {name}
      <span class="unit"> USD</span>
    </th>
  );
}

function toneOf(usd: number): string {
  if (usd === 0) return '';
  return usd < 0 ? 'loss' : 'saved';
}

function Row({ row }: { row: MoneyRow }) {
  return (
    <tr>
      <th scope="row">
        {row.title || 'Other causes'}
        <span class="savings-facts num">{row.facts}</span>
        {row.how && (
          <details class="savings-method disclosure">
            <summary>
              <Icon name="right" />
              How it was computed
            </summary>
            <p>{row.how}</p>
          </details>
        )}
      </th>
      <td class={`num right ${toneOf(row.saved_usd)}`}>{formatNumber(row.saved_usd, 'usd')}</td>
      <td class="num right">{formatNumber(row.counterfactual_usd, 'usd')}</td>
      <td class="num right">{formatNumber(row.actual_usd, 'usd')}</td>
      <td class="num right">{formatNumber(row.price_effect_usd, 'usd')}</td>
    </tr>
  );
}
