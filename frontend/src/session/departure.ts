/** What a part of the page has to say before its user leaves. */
export interface Departure {
  /** True while something of this user is on its way; reads signals. */
  isBusy?: (uid: string) => boolean;
  /** What signing out would lose, for the customer; null: nothing. */
  lossOf?: (uid: string) => string | null;
  /** Does what was put off; false when it could not be done, which the page shows. */
  finish?: () => Promise<boolean>;
}

const departures: Departure[] = [];

/** Has a part of the page asked before its user leaves. */
export function beforeLeaving(departure: Departure): void {
  departures.push(departure);
}

/** Whether anything of this user is on its way on this page; reads signals. */
export function isBusy(uid: string): boolean {
  return departures.some((each) => each.isBusy?.(uid));
}

/** What signing out would lose, in the order of the parts: the first of them. */
export function lossOf(uid: string): string | null {
  for (const each of departures) {
    const loss = each.lossOf?.(uid);
    if (loss) return loss;
  }
  return null;
}

/** Does what all parts have put off; false when something could not be done. */
export async function finishAll(): Promise<boolean> {
  const done = await Promise.all(departures.map((each) => each.finish?.() ?? true));
  return !done.includes(false);
}
