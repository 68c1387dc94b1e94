import type { Unit } from '../contract/contract';

const DAY_MS = 86_400_000;
const SPANS = [
  [DAY_MS, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;
const SPAN_FROM_MS = 120_000;
const SUFFIX: Record<Unit, string> = {
  usd: 'USD',
  pct: '%',
  tokens: 'tokens',
  ms: 'ms',
  requests: 'requests',
  count: '',
};

/** A value in its base unit as the answers of Apex write it: "96.79 USD", "12.3 %", "19,366 requests", "29.9 days". */
export function formatValue(value: number, unit: Unit): string {
  const { number, suffix } = formatParts(value, unit);
  return suffix ? `${number} ${suffix}` : number;
}

/** The same in two parts, for tiles that show the unit smaller. */
export function formatParts(value: number, unit: Unit): { number: string; suffix: string } {
  if (unit === 'ms' && Math.abs(value) >= SPAN_FROM_MS) return spanParts(value);
  const number = formatNumber(value, unit);
  const singular = number === '1' && (unit === 'tokens' || unit === 'requests');
  return { number, suffix: singular ? SUFFIX[unit].slice(0, -1) : SUFFIX[unit] };
}

/** The number alone, where the unit stands elsewhere (a column's heading). */
export function formatNumber(value: number, unit: Unit): string {
  const size = Math.abs(value);
  if (unit === 'count') return fixed(value, 0, 2);
  if (size === 0) return unit === 'usd' ? '0.00' : '0';
  if (unit === 'usd') return size >= 1 ? fixed(value, 2, 2) : smallAmount(value);
  if (unit === 'pct') return size >= 0.1 ? fixed(value, 0, 1) : significant(value);
  return size >= 1 ? fixed(value, 0, 0) : significant(value);
}

/** For tiles: large values short ("136.5 million"), and without a unit that `name` says already ("requests"). */
export function formatCompactParts(
  value: number,
  unit: Unit,
  name: string,
): { number: string; suffix: string } {
  if (unit === 'pct' || unit === 'ms' || unit === 'count') return formatParts(value, unit);
  const size = Math.abs(value);
  const isNamed = unit !== 'usd' && name.toLowerCase().includes(SUFFIX[unit]);
  const suffix = isNamed ? '' : SUFFIX[unit];
  if (size < (unit === 'usd' ? 100_000 : 1e6))
    return { ...formatParts(value, unit), ...(isNamed && { suffix }) };
  if (size < 999_950) return { number: fixed(value, 0, 0), suffix };
  const [scale, word] = size >= 999_950_000 ? [1e9, 'billion'] : [1e6, 'million'];
  return {
    number: fixed(value / scale, 0, unit === 'usd' ? 2 : 1),
    suffix: suffix ? `${word} ${suffix}` : word,
  };
}

/** A number in a column, where digits stand below digits: percentages keep one decimal. */
export function formatCell(value: number, unit: Unit): string {
  const tiny = value !== 0 && Math.abs(value) < 0.1;
  return unit === 'pct' && !tiny ? fixed(value, 1, 1) : formatNumber(value, unit);
}

/** The value as it was computed, for those who check: up to six decimals. */
export function formatExact(value: number, unit: Unit): string {
  const number = Math.abs(value) < 1e-6 && value !== 0 ? String(value) : fixed(value, 0, 6);
  return SUFFIX[unit] ? `${number} ${SUFFIX[unit]}` : number;
}

/** What stands in a column's heading for a unit; empty where the heading says it. */
export function unitName(unit: Unit | null | undefined): string {
  return unit ? SUFFIX[unit] : '';
}

/** A whole number with its thousands: "28,452". */
export function formatCount(count: number): string {
  return fixed(count, 0, 2);
}

/** A time that passed: "420 ms", "6.2 s", "2 min 5 s", "3 h 12 min". */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** The size of a file: "812 bytes", "1.4 MB". 1 KB is 1,024 bytes, as in the limits that the page names. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const exact = Math.floor(Math.log(bytes) / Math.log(1_024));
  const power = Math.min(bytes / 1_024 ** exact >= 1_023.5 ? exact + 1 : exact, units.length);
  const size = bytes / 1_024 ** power;
  return `${fixed(size, 0, size < 10 ? 1 : 0)} ${units[power - 1]}`;
}

function fixed(value: number, least: number, most: number): string {
  const text = value.toLocaleString('en-US', { minimumFractionDigits: least, maximumFractionDigits: most });
  return text === '-0' ? '0' : text;
}

/** Below 1 USD: four decimals where they say something, at least two. */
function smallAmount(value: number): string {
  return Math.abs(value) < 0.01 ? significant(value) : fixed(value, 2, 4);
}

function significant(value: number): string {
  return value === 0 ? '0' : value.toLocaleString('en-US', { maximumSignificantDigits: 2 });
}

function spanParts(ms: number): { number: string; suffix: string } {
  const [size, noun] = SPANS.find(([each]) => Math.abs(ms) >= 2 * each) ?? SPANS[3];
  const number = fixed(ms / size, 0, 1);
  return { number, suffix: number === '1' ? noun : `${noun}s` };
}
