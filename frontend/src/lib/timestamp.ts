import type { Timestamp } from '../contract/contract';

/** A time in ms since 1970 as Firestore gives it. */
export function timestampOf(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanoseconds: Math.round((ms - 1000 * seconds) * 1e6), toMillis: () => ms };
}
