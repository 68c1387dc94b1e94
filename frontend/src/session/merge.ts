import { asApiError } from '../api/errors';
import { send } from '../api/send';
import type { AuthAccess } from '../firebase/auth';
import { pauseMs } from '../firebase/pause';
import { toast } from '../ui/toasts';

const KEY = 'apex.guest';

/** Keeps the token of a guest whose work is to come along into an account; survives a reload of this tab. */
export function keepGuest(token: string): void {
  sessionStorage.setItem(KEY, token);
}

/** Nothing is to come along any more. */
export function forgetGuest(): void {
  sessionStorage.removeItem(KEY);
}

/** Whether a guest's work is still to come along. */
export function guestWaits(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

/**
 * Moves the waiting guest's work into the account that is signed in. What hinders it for a while (a question under
 * way, no network) is told once and tried again in the background, as long as the same account is signed in.
 */
export async function bringGuestAlong(auth: AuthAccess, attempt = 0): Promise<void> {
  const guestToken = sessionStorage.getItem(KEY);
  const account = auth.user();
  if (guestToken === null || !account || account.guest) return;
  try {
    const body = { json: { guest_token: guestToken } };
    await send(await auth.token(false), 'POST', '/api/account/merge', body);
    forgetGuest();
    if (attempt > 0) toast('Your earlier conversations and data are here now.');
  } catch (error) {
    const problem = asApiError(error);
    if (problem.retryable) {
      if (attempt === 0) toast('Your earlier conversations are not here yet. They follow by themselves.');
      const again = () => auth.user()?.uid === account.uid && void bringGuestAlong(auth, attempt + 1);
      setTimeout(again, pauseMs(attempt + 3));
      return;
    }
    forgetGuest();
    const support = problem.supportId ? ` (${problem.supportId})` : '';
    toast(`Your work as a guest could not be brought along: ${problem.message}${support}`);
  }
}
