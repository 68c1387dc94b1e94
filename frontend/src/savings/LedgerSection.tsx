import type { LedgerDocument } from '../contract/contract';
import { formatCount, formatNumber } from '../lib/format';
import { countInWords } from '../recommendations/life';
import { utcDay } from '../ui/days';
import { ledger, showOlderRows } from './ledger';
import { type MoneyRow, MoneyTables } from './MoneyTables';

/** The ledger day by day: what was measured, and apart from it what is unexplained or only projected. */
export function LedgerSection() {
  const { rows, hasOlder } = ledger.value;
  return (
    <section class="savings-section" aria-labelledby="savings-ledger">
      <header class="savings-head">
        <h2 id="savings-ledger">The ledger, day by day</h2>
      </header>
      {rows.length === 0 && (
        <p class="savings-hint">
          Nothing was measured yet. Once a change is implemented, the usage that arrives shows what it saves.
        </p>
      )}
      <MoneyTables of="by day" rows={rows.map(({ id, data }) => rowOf(id, data))} />
      {hasOlder && (
        <>
          <p class="savings-hint">
            The {formatCount(rows.length)} newest rows are shown. The statement of a month sums all of its
            rows.
          </p>
          <button type="button" class="button small quiet savings-older" onClick={showOlderRows}>
            Show older rows
          </button>
        </>
      )}
    </section>
  );
}

function rowOf(id: string, data: LedgerDocument): MoneyRow {
  const facts = [utcDay(data.day), countInWords(data.requests, 'request'), data.feature];
  return {
    ...data,
    key: id,
    basis: data.basis === 'measured' && data.recommendation_id === null ? 'unexplained' : data.basis,
    facts: facts.filter(Boolean).join(' · '),
    how: `${data.method} ${intervalInWords(data)}Prices: ${data.price_version}.`,
  };
}

function intervalInWords({ low_usd, high_usd }: LedgerDocument): string {
  if (low_usd === null || high_usd === null) return '';
  return `Saved ${formatNumber(low_usd, 'usd')} to ${formatNumber(high_usd, 'usd')} USD with 95 % confidence. `;
}
