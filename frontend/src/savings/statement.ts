import { useEffect, useState } from 'preact/hooks';
import { call } from '../api/call';
import { type ApiError, asApiError, connectionError } from '../api/errors';
import { readReply } from '../api/send';
import { tokenOf } from '../api/token';
import type { StatementLine, StatementReply } from '../contract/contract';
import { download } from '../ui/download';
import { type LedgerRow, ledger } from './ledger';

/** The statement of a month; while a newer one is read, the one before it stays. */
export type StatementState =
  | { at: 'reading' }
  | { at: 'failed'; error: ApiError }
  | { at: 'read'; statement: StatementReply };

/** The statement of a month, read again when the ledger changes, and when the connection comes back. */
export function useStatement(uid: string, month: string): { state: StatementState; read: () => void } {
  const [state, setState] = useState<StatementState>({ at: 'reading' });
  const [attempt, setAttempt] = useState(0);
  const { rows } = ledger.value;
  const read = () => setAttempt((before) => before + 1);
  useEffect(() => {
    addEventListener('online', read);
    return () => removeEventListener('online', read);
  }, []);
  useEffect(() => setState({ at: 'reading' }), [uid, month]);
  useEffect(() => {
    const left = new AbortController();
    call<StatementReply>('GET', addressOf(month), { as: uid, signal: left.signal }).then(
      (statement) => setState({ at: 'read', statement }),
      (error: unknown) => {
        if (left.signal.aborted) return;
        setState((now) => (now.at === 'read' ? now : { at: 'failed', error: asApiError(error) }));
      },
    );
    return () => left.abort();
  }, [uid, month, rows, attempt]);
  return { state, read };
}

/** Hands the statement of a month to the browser as a CSV file. Raises ApiError. */
export async function downloadStatement(uid: string, month: string): Promise<void> {
  const headers = { Authorization: `Bearer ${await tokenOf(uid, false)}` };
  const response = await fetch(`${addressOf(month)}&format=csv`, { headers, cache: 'no-store' }).catch(
    (cause: unknown) => {
      throw connectionError(cause);
    },
  );
  if (!response.ok) await readReply(response);
  download(await response.text(), `apex-savings-${month}.csv`);
}

/** What changed prices did to the bill of a month: no saving of ours, and so in no other sum. */
export function priceEffectOf(lines: readonly StatementLine[]): number {
  return lines.reduce(
    (sum, { basis, price_effect_usd }) => sum + (basis === 'projected' ? 0 : price_effect_usd),
    0,
  );
}

/** The newest month that the ledger has rows of; the present one where it has none. */
export function newestMonth(rows: readonly LedgerRow[], present: string): string {
  return rows[0]?.data.month ?? present;
}

function addressOf(month: string): string {
  return `/api/statement?month=${month}`;
}
