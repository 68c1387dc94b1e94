import '../answer/tiles.css';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import type { StatementLine, StatementReply, TierName } from '../contract/contract';
import { formatCount, formatValue } from '../lib/format';
import { countInWords } from '../recommendations/life';
import { announce } from '../ui/announcer';
import { monthInWords, monthNow, monthPlus } from '../ui/days';
import { Icon } from '../ui/Icon';
import { SupportId } from '../ui/SupportId';
import { toast } from '../ui/toasts';
import { ledger } from './ledger';
import { type MoneyRow, MoneyTables } from './MoneyTables';
import { downloadStatement, newestMonth, priceEffectOf, useStatement } from './statement';

/** Of a month with very many changes the first are shown. */
const LINES_SHOWN = 50;
const TIERS: Record<TierName, string> = {
  free: 'Free',
  early: 'Early',
  mid: 'Mid',
  enterprise: 'Enterprise',
};

/** The statement of one month: what was saved, and the fee for it; at first of the newest month with savings. */
export function StatementSection({ uid }: { uid: string }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const newest = newestMonth(ledger.value.rows, monthNow());
  const month = chosen ?? newest;
  const isLast = month >= newest && month >= monthNow();
  const { state, read } = useStatement(uid, month);
  const announcement = chosen !== null && state.at === 'read' ? inWords(state.statement) : '';
  useEffect(() => {
    if (announcement) announce(announcement);
  }, [announcement]);
  return (
    <section class="savings-section" aria-labelledby="savings-month">
      <header class="savings-head">
        <h2 id="savings-month">{monthInWords(month)}</h2>
        <div class="savings-months">
          <button
            type="button"
            class="icon-button small savings-before"
            aria-label={`Earlier: ${monthInWords(monthPlus(month, -1))}`}
            onClick={() => setChosen(monthPlus(month, -1))}
          >
            <Icon name="right" />
          </button>
          <button
            type="button"
            class="icon-button small"
            aria-label={`Later: ${monthInWords(monthPlus(month, 1))}`}
            aria-disabled={isLast}
            onClick={() => !isLast && setChosen(monthPlus(month, 1))}
          >
            <Icon name="right" />
          </button>
        </div>
        <Download uid={uid} month={month} />
      </header>
      <div>
        {state.at === 'reading' && (
          <p class="savings-reading" role="status">
            Reading the statement…
          </p>
        )}
        {state.at === 'failed' && (
          <div class="notice bad" role="alert">
            <div>
              <p>The statement could not be read. {state.error.message}</p>
              {state.error.supportId && <SupportId id={state.error.supportId} />}
            </div>
            <button type="button" class="button small" onClick={read}>
              Try again
            </button>
          </div>
        )}
        {state.at === 'read' && <Sums statement={state.statement} />}
      </div>
    </section>
  );
}

function inWords({ month, measured_usd, fee_usd }: StatementReply): string {
  const saved = `${formatValue(measured_usd, 'usd')} saved, measured`;
  return `${monthInWords(month)}: ${saved}. The fee is ${formatValue(fee_usd, 'usd')}.`;
}

function Sums({ statement }: { statement: StatementReply }) {
  const { measured_usd, unproven_usd, projected_usd, unexplained_usd } = statement;
  const { fee_usd, fee_pct, tier, lines } = statement;
  return (
    <>
      <dl class="tiles savings-tiles">
        <Tile name="Saved, measured" usd={measured_usd} />
        <Tile name="Your fee" usd={fee_usd} />
        <Tile name="Projected, no fee" usd={projected_usd} />
        <Tile name="By prices, no fee" usd={priceEffectOf(lines)} />
        {unproven_usd !== 0 && <Tile name="May be chance, no fee" usd={unproven_usd} />}
        {unexplained_usd !== 0 && <Tile name="Unexplained, no fee" usd={unexplained_usd} />}
      </dl>
      <p class="savings-hint">{feeInWords(tier, fee_pct)}</p>
      {lines.length > 0 && <Lines lines={lines} />}
    </>
  );
}

function Lines({ lines }: { lines: readonly StatementLine[] }) {
  return (
    <details class="savings-lines disclosure">
      <summary>
        <Icon name="right" />
        Change by change ({formatCount(lines.length)})
      </summary>
      <MoneyTables of="in the month" rows={lines.slice(0, LINES_SHOWN).map(rowOf)} />
      {lines.length > LINES_SHOWN && (
        <p class="savings-hint">
          {LINES_SHOWN} of {formatCount(lines.length)} lines are shown; the CSV has them all.
        </p>
      )}
    </details>
  );
}

function feeInWords(tier: TierName, pct: number): string {
  if (pct === 0) return `On the ${TIERS[tier]} tier there is no fee.`;
  const of = 'of what your verified changes saved in the month, losses taken off; never below zero';
  return `On the ${TIERS[tier]} tier the fee is ${formatValue(pct, 'pct')} ${of}.`;
}

function rowOf(line: StatementLine): MoneyRow {
  const facts = [countInWords(line.days, 'day'), countInWords(line.requests, 'request'), line.feature];
  return {
    ...line,
    key: `${line.recommendation_id}|${line.feature}|${line.basis}`,
    facts: facts.filter(Boolean).join(' · '),
  };
}

function Tile({ name, usd }: { name: string; usd: number }) {
  const [number, unit] = formatValue(usd, 'usd').split(' ');
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class={usd < 0 ? 'num loss' : 'num'}>
        {number} <span class="unit">{unit}</span>
      </dd>
    </div>
  );
}

function Download({ uid, month }: { uid: string; month: string }) {
  const [busy, setBusy] = useState(false);
  const go = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await downloadStatement(uid, month);
    } catch (error) {
      toast(`The statement was not downloaded. ${asApiError(error).message}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      class="button small savings-download"
      aria-label={`Download the statement of ${monthInWords(month)} as CSV`}
      aria-disabled={busy}
      onClick={() => void go()}
    >
      <Icon name="down" />
      CSV
    </button>
  );
}
