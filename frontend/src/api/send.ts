import type { ErrorDetails } from '../contract/contract';
import { ApiError, connectionError } from './errors';

const LIMIT_MS = 30_000;

/** What a request may carry: JSON or bytes; `keepalive` lets it outlive the page, `limitMs` is the longest wait. */
export interface CallOptions {
  json?: unknown;
  bytes?: Blob | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
  keepalive?: boolean;
  limitMs?: number;
}

function errorIn(body: unknown): ErrorDetails | null {
  const error = (body as { error?: Partial<ErrorDetails> } | null)?.error;
  return typeof error?.code === 'string' && typeof error.message === 'string'
    ? (error as ErrorDetails)
    : null;
}

/** The JSON of a reply; raises ApiError for an error, and for a reply that is not Apex's (a proxy's page). */
export async function readReply<Reply>(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new ApiError('unreachable', 'Apex did not answer as expected. Try again in a moment.', {
      status: response.status,
      cause,
    });
  }
  if (response.ok) return body as Reply;
  const error = errorIn(body);
  if (!error) {
    throw new ApiError('unreachable', 'Apex did not answer as expected. Try again in a moment.', {
      status: response.status,
      cause: body,
    });
  }
  throw new ApiError(error.code, error.message, {
    status: response.status,
    retryable: error.retryable,
    supportId: error.support_id,
  });
}

function request(token: string, method: string, options: CallOptions): RequestInit {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  const limit = AbortSignal.timeout(options.limitMs ?? LIMIT_MS); // a connection that went silent is given up
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const init: RequestInit = { method, headers, signal, cache: 'no-store' };
  if (options.bytes) {
    headers['Content-Type'] = 'application/octet-stream';
    init.body = options.bytes;
  } else if (options.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.json);
  }
  if (options.keepalive) init.keepalive = true;
  return init;
}

/** One request with this token. An abort by the caller's own signal stays the AbortError it is. */
export async function send<Reply>(
  token: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Reply> {
  try {
    return await readReply<Reply>(await fetch(path, request(token, method, options)));
  } catch (error) {
    if (error instanceof ApiError || options.signal?.aborted) throw error;
    throw connectionError(error);
  }
}
