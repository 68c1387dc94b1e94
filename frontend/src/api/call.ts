import { ApiError } from './errors';
import { type CallOptions, send } from './send';
import { tokenOf } from './token';

/**
 * A request to Apex as the user whose matter it is: it is not sent when another one is signed in by then. A token that
 * is no longer accepted is renewed once. Raises ApiError; nothing else is tried again here.
 */
export async function call<Reply>(
  method: string,
  path: string,
  { as, ...options }: CallOptions & { as: string },
): Promise<Reply> {
  const token = await tokenOf(as, false);
  try {
    return await send<Reply>(token, method, path, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  return send<Reply>(await tokenOf(as, true), method, path, options);
}
