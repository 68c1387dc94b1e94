import type { ApiError } from '../api/errors';
import { asSignInError, authCode } from './authErrors';

/** What can go wrong in the sign-in dialog only. */
const MESSAGES: Record<string, string> = {
  'auth/popup-closed-by-user': 'The Google window was closed before you signed in. Try again when you like.',
  'auth/user-cancelled': 'Google did not get your consent, so nothing was changed. Try again when you like.',
  'auth/popup-blocked':
    'Your browser blocked the Google window. Try once more, or allow pop-ups for this page.',
  'auth/invalid-email': 'This is not the address that the link was sent to. Check its spelling.',
  'auth/missing-email': 'Type the whole address, for example name@company.com.',
  'auth/invalid-action-code': 'This link was used already, or a newer one was sent. Send yourself a new one.',
  'auth/expired-action-code': 'This link is too old. Send yourself a new one.',
  'auth/quota-exceeded': 'We cannot send more e-mails today. Sign in with Google, or try again tomorrow.',
  'auth/operation-not-allowed': 'This way to sign in is closed at the moment. Use the other one.',
  'auth/account-exists-with-different-credential':
    'An account with this address exists already. Sign in to it with an e-mail link.',
};

/** A second click on the button opened another window: nothing to report. */
export function isReplacedPopup(error: unknown): boolean {
  return authCode(error) === 'auth/cancelled-popup-request';
}

/** An error of the sign-in dialog, in words that help. */
export function asDialogError(error: unknown): ApiError {
  return asSignInError(error, MESSAGES);
}
