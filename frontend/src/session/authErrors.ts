import { ApiError, connectionError } from '../api/errors';

const MESSAGES: Record<string, string> = {
  'auth/popup-closed-by-user': 'The Google window was closed before you signed in. Try again when you like.',
  'auth/user-cancelled': 'Google did not get your consent, so nothing was changed. Try again when you like.',
  'auth/popup-blocked':
    'Your browser blocked the Google window. Try once more, or allow pop-ups for this page.',
  'auth/invalid-email': 'This is not the address that the link was sent to. Check its spelling.',
  'auth/missing-email': 'Type the whole address, for example name@company.com.',
  'auth/invalid-action-code': 'This link was used already, or a newer one was sent. Send yourself a new one.',
  'auth/expired-action-code': 'This link is too old. Send yourself a new one.',
  'auth/user-disabled': 'This account is closed. Write to us to open it again.',
  'auth/too-many-requests': 'There were too many tries in a short time. Wait a few minutes, then try again.',
  'auth/quota-exceeded': 'We cannot send more e-mails today. Sign in with Google, or try again tomorrow.',
  'auth/operation-not-allowed': 'This way to sign in is closed at the moment. Use the other one.',
  'auth/web-storage-unsupported':
    'Your browser keeps nothing for this page. Allow cookies and site data for it, then reload.',
  'auth/user-token-expired': 'Your sign-in has expired. Sign in again.',
  'auth/invalid-refresh-token': 'Your sign-in has expired. Sign in again.',
  'auth/account-exists-with-different-credential':
    'An account with this address exists already. Sign in to it with an e-mail link.',
};

const UNREACHED = ['auth/network-request-failed', 'auth/timeout'];
const REPLACED = 'auth/cancelled-popup-request';

/** The code of an error of Firebase Auth; empty for any other. */
export function authCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('auth/') ? code : '';
}

/** A second click on the button opened another window: nothing to tell. */
export function isReplacedPopup(error: unknown): boolean {
  return authCode(error) === REPLACED;
}

/** The kept sign-in is worth nothing any more, which Firebase does not act on by itself. */
export function isSignInOver(error: unknown): boolean {
  return authCode(error) === 'auth/invalid-refresh-token';
}

/** An error of signing in, in words that help. */
export function asSignInError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const code = authCode(error);
  if (UNREACHED.includes(code)) return connectionError(error);
  const message = MESSAGES[code] ?? 'Signing in did not work. Try again, or use the other way to sign in.';
  return new ApiError('unauthenticated', message, { cause: error });
}
