import { readKeptJson, writeKept } from '../ui/deviceStorage';

/** Datasets that one question can be about, at most (the server's limit). */
export const ACTIVE_LIMIT = 20;
const KEY = 'apex.data.';

/** The datasets that a user chose last on this device. */
export function chosenOf(uid: string): readonly string[] {
  const ids = readKeptJson(KEY + uid);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** Keeps the choice for the next visit. */
export function keepChosen(uid: string, ids: readonly string[]): void {
  writeKept(KEY + uid, JSON.stringify(ids));
}

/** The first of the `preferences` (what was chosen here, what was chosen last) that is still among the `ready`, else the newest. */
export function pickActive(
  preferences: readonly (readonly string[])[],
  ready: readonly string[],
): readonly string[] {
  const possible = preferences.map((ids) => ids.filter((id) => ready.includes(id)));
  return (possible.find(({ length }) => length > 0) ?? ready.slice(0, 1)).slice(0, ACTIVE_LIMIT);
}
