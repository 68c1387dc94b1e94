import type { KeyReply } from '../contract/contract';
import { utcDay } from '../ui/days';

/** The command of docs/usage-api.md that sends a file, ready to run with this key. */
export function sendCommand(origin: string, secret: string): string {
  return `curl --fail-with-body -sS "${origin}/api/usage?name=usage.csv" -H "Authorization: Bearer ${secret}" --data-binary @usage.csv`;
}

/** "Made 23 Nov 2026 · last used 24 Nov 2026"; days are UTC, as the server keeps them. */
export function lifeInWords({ created_at, last_used_day }: KeyReply): string {
  const used = last_used_day ? `last used ${utcDay(last_used_day)}` : 'not used yet';
  return `Made ${utcDay(created_at)} · ${used}`;
}
