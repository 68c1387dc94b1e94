/** Labels of the chart as dates, hours of the day, or names. */
export type LabelKind = 'day' | 'hour' | 'name';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const HOUR = /^([01]\d|2[0-3])$/;
const TICKS = 4;
const AXIS_LABELS = 10;
/** Characters that stand side by side below an axis. */
const AXIS_CHARS = 100;
const CHARS_BETWEEN = 2;

/** What the labels of a chart are; columns over time for days and hours, else rows. */
export function labelKind(labels: readonly string[]): LabelKind {
  if (labels.length > 0 && labels.every((label) => DAY.test(label))) return 'day';
  if (labels.length > 0 && labels.every((label) => HOUR.test(label))) return 'hour';
  return 'name';
}

/** A label below an axis: "29 Oct", "14:00". */
export function shortLabel(label: string, kind: LabelKind): string {
  if (kind === 'hour') return `${label}:00`;
  return kind === 'day' ? dated(label, { day: 'numeric', month: 'short' }) : label;
}

/** A label where there is room: "Thu, 29 Oct 2026", "14:00 UTC". */
export function longLabel(label: string, kind: LabelKind): string {
  if (kind === 'hour') return `${label}:00 UTC`;
  if (kind === 'name') return label;
  return dated(label, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
}

/** Round values from the lowest to the highest, zero among them, for the lines behind the bars. */
export function niceTicks(values: readonly number[]): number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  if (high === low) return [0, 1];
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Which columns carry a label of up to so many characters: all where there is room, else every n-th. */
export function labelStep(count: number, longest: number): number {
  const room = Math.max(1, Math.floor(AXIS_CHARS / (longest + CHARS_BETWEEN)));
  return Math.max(1, Math.ceil(count / Math.min(AXIS_LABELS, room)));
}

function dated(label: string, format: Intl.DateTimeFormatOptions): string {
  return new Date(`${label}T00:00:00Z`).toLocaleDateString('en-GB', { ...format, timeZone: 'UTC' });
}
