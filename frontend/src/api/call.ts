import { idToken } from '../session/session';
import { ApiError } from './errors';
import { type CallOptions, send } from './send';

/**
 * A request to Apex as the present user. Waits for the session; a token that is no longer accepted is renewed once.
 * Raises ApiError; nothing else is tried again here.
 */
export async function call<Reply>(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const token = await idToken();
  try {
    return await send<Reply>(token, method, path, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  return send<Reply>(await idToken(true), method, path, options);
}
