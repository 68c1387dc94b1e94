import { ApiError, connectionError } from '../api/errors';

const MESSAGES: Record<string, string> = {
  'auth/user-disabled': 'This account is closed. Write to us to open it again.',
  'auth/too-many-requests': 'There were too many tries in a short time. Wait a few minutes, then try again.',
  'auth/web-storage-unsupported':
    'Your browser keeps nothing for this page. Allow cookies and site data for it, then reload.',
  'auth/user-token-expired': 'Your sign-in has expired. Sign in again.',
  'auth/invalid-refresh-token': 'Your sign-in has expired. Sign in again.',
};

const UNREACHED = ['auth/network-request-failed', 'auth/timeout'];

/** The code of an error of Firebase Auth; empty for any other. */
export function authCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('auth/') ? code : '';
}

/** The kept sign-in is worth nothing any more, which Firebase does not act on by itself. */
export function isSignInOver(error: unknown): boolean {
  return authCode(error) === 'auth/invalid-refresh-token';
}

/** An error of signing in or staying so, in words that help; `messages` by code come first. */
export function asSignInError(error: unknown, messages: Record<string, string> = {}): ApiError {
  if (error instanceof ApiError) return error;
  const code = authCode(error);
  if (UNREACHED.includes(code)) return connectionError(error);
  const fallback = 'Signing in did not work. Try again, or use the other way to sign in.';
  return new ApiError('unauthenticated', messages[code] ?? MESSAGES[code] ?? fallback, { cause: error });
}
