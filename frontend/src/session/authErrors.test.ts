import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { asSignInError, isReplacedPopup } from './authErrors';

const failure = (code: string) => Object.assign(new Error(`Firebase: Error (${code}).`), { code });

describe('an error of signing in', () => {
  it('is told in words that say what to do', () => {
    expect(asSignInError(failure('auth/popup-blocked')).message).toContain('allow pop-ups');
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
