import type { ErrorCode } from '../contract/contract';

/** The server's codes, and what can happen before a request reaches it. */
export type ApiErrorCode = ErrorCode | 'offline' | 'unreachable';

/** Every failure the page shows: `message` is for the customer, `status` 0 where there was no reply. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly supportId: string | null;

  constructor(
    code: ApiErrorCode,
    message: string,
    { status = 0, retryable = true, supportId = null as string | null, cause = undefined as unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.retryable = retryable;
    this.supportId = supportId;
  }
}

/** The user whose matter it is has left: nothing was sent. Passes when that user comes back. */
export class LeftUserError extends ApiError {
  constructor() {
    super('unauthenticated', 'Somebody else is signed in now. Sign in again to go on.');
    this.name = 'LeftUserError';
  }
}

/** A request that never reached Apex: the device is offline, or something between is down. */
export function connectionError(cause: unknown): ApiError {
  return navigator.onLine
    ? new ApiError('unreachable', 'Apex cannot be reached right now. Try again in a moment.', { cause })
    : new ApiError('offline', 'You are offline. Try again when you are connected.', { cause });
}

/** Any thrown value as an ApiError; what is none is a mistake of the page itself. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('internal', 'Something went wrong on this page. Reload it and try again.', {
    cause: error,
  });
}
