import { pauseMs } from '../lib/pause';
import { call } from './call';
import { ApiError } from './errors';
import type { CallOptions } from './send';

const TRIES = 4;
/** No further try after that: the user has waited long enough, and can decide. */
const LIMIT_MS = 20_000;

/**
 * A request that counts once however often it arrives: it is sent again when its reply is lost. Raises ApiError, or the
 * AbortError of `signal`.
 */
export async function callIdempotent<Reply>(
  method: string,
  path: string,
  options: CallOptions & { as: string },
): Promise<Reply> {
  const begun = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await call<Reply>(method, path, options);
    } catch (error) {
      const isLate = attempt + 1 >= TRIES || performance.now() - begun > LIMIT_MS;
      if (isLate || !isReplyLost(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs(attempt)));
    options.signal?.throwIfAborted();
  }
}

function isReplyLost(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'unreachable';
}
