import { type ReadonlySignal, signal } from '@preact/signals';
import { entries } from '../chat/outboxStore';
import { uploads } from '../data/uploads';
import { go } from '../nav/routes';
import { signOut, userId } from '../session/session';
import { finishDeletions } from '../threads/changing';

const asked = signal<string | null>(null);

/** What signing out would lose, while the user is asked about it. */
export const loss: ReadonlySignal<string | null> = asked;

function lossNow(): string | null {
  const uid = userId();
  if (uploads.value.some(({ state }) => state === 'reading' || state === 'sending'))
    return 'A file is still being uploaded. It stops when you sign out.';
  if (entries.value.some((each) => each.uid === uid && each.state !== 'sent'))
    return 'A message is not sent yet. It is gone when you sign out.';
  return null;
}

/** Signs out; asks first where something would be lost. */
export function leave(): void {
  asked.value = lossNow();
  if (asked.value === null) void leaveNow();
}

/** The user stays. */
export function stay(): void {
  asked.value = null;
}

/** Signs out when what was deleted is. When it is not, the page says so, and the user decides again. */
export async function leaveNow(): Promise<void> {
  stay();
  if (!(await finishDeletions())) return;
  go('/');
  await signOut();
}
