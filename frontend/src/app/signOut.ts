import { type ReadonlySignal, signal } from '@preact/signals';
import { go } from '../nav/routes';
import { finishAll, lossOf } from '../session/departure';
import { signOut, userId } from '../session/session';

const asked = signal<string | null>(null);

/** What signing out would lose, while the user is asked about it. */
export const loss: ReadonlySignal<string | null> = asked;

/** Signs out; asks first where something would be lost. */
export function leave(): void {
  asked.value = lossOf(userId() ?? '');
  if (asked.value === null) void leaveNow();
}

/** The user stays. */
export function stay(): void {
  asked.value = null;
}

/** Signs out when what was deleted is. When it is not, the page says so, and the user decides again. */
export async function leaveNow(): Promise<void> {
  stay();
  if (!(await finishAll())) return;
  go('/');
  await signOut();
}
