import { formatCount } from '../lib/format';

/** "1 row", "28,452 rows". */
export function rowsInWords(rows: number): string {
  return rows === 1 ? '1 row' : `${formatCount(rows)} rows`;
}
