import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { asSignInError } from './authErrors';
import { asDialogError, isReplacedPopup } from './signInErrors';

const failure = (code: string) => Object.assign(new Error(`Firebase: Error (${code}).`), { code });

describe('an error of signing in', () => {
  it('has words that say what to do, those of the dialog and those of the session', () => {
    expect(asDialogError(failure('auth/popup-blocked')).message).toContain('allow pop-ups');
    expect(asDialogError(failure('auth/user-disabled')).message).toContain('closed');
  });

  it('without words of its own shows nothing of Firebase', () => {
    const cause = failure('auth/something-new');
    const error = asSignInError(cause);
    expect(error).toMatchObject({ code: 'unauthenticated', cause });
    expect(error.message).not.toMatch(/auth|firebase/i);
  });

  it('for want of a connection is one of the connection', () => {
    expect(asSignInError(failure('auth/network-request-failed'))).toMatchObject({ code: 'unreachable' });
  });

  it('that is an ApiError already stays as it is', () => {
    const error = new ApiError('offline', 'You are offline.');
    expect(asSignInError(error)).toBe(error);
  });

  it('of a window that a newer one replaced is known', () => {
    expect(isReplacedPopup(failure('auth/cancelled-popup-request'))).toBe(true);
    expect(isReplacedPopup(failure('auth/popup-blocked'))).toBe(false);
  });
});
