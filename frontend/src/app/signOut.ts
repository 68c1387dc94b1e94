import { type ReadonlySignal, signal } from '@preact/signals';
import { go } from '../nav/routes';
import { finishAll, lossOf } from '../session/departure';
import { signOut, userId } from '../session/session';

const confirmation = signal<string | null>(null);

/** What signing out would lose, while the user is confirmation about it. */
export const loss: ReadonlySignal<string | null> = confirmation;

/** Signs out; asks first where something would be lost. */
export function leave(): void {
  confirmation.value = lossOf(userId() ?? '');
  if (confirmation.value === null) void leaveNow();
}

/** The user stays. */
export function stay(): void {
  confirmation.value = null;
}

/** Signs out when what was deleted is. When it is not, the page says so, and the user decides again. */
export async function leaveNow(): Promise<void> {
  stay();
  if (!(await finishAll())) return;
  go('/');
  await signOut();
}
