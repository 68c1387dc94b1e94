const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const LOCAL_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** A day of UTC, of an ISO date or time: "23 Nov 2026". */
export function utcDay(iso: string): string {
  return DAY.format(new Date(iso));
}

/** Days of UTC from the first to the last: "4 to 24 Nov 2026", "28 Oct to 3 Nov 2026". */
export function utcDays(first: string, last: string): string {
  if (first === last) return utcDay(first);
  const [day = '', month, year] = utcDay(first).split(' ');
  const [, lastMonth, lastYear] = utcDay(last).split(' ');
  const start = year !== lastYear ? [day, month, year] : month === lastMonth ? [day] : [day, month];
  return `${start.join(' ')} to ${utcDay(last)}`;
}

/** The day of a moment (ms since 1970) where the user is: "23 Nov 2026". */
export function localDay(ms: number): string {
  return LOCAL_DAY.format(ms);
}

/** A month of UTC ("2026-11") in words: "November 2026". */
export function monthInWords(month: string): string {
  return MONTH.format(new Date(`${month}-01T00:00:00Z`));
}

/** The month so many later (negative: earlier). */
export function monthPlus(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 7);
}

/** The present month of UTC: "2026-11". */
export function monthNow(): string {
  return new Date().toISOString().slice(0, 7);
}
