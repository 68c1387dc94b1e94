import { describe, expect, it } from 'vitest';
import { ApiError, asApiError } from './errors';
import { readReply } from './send';

async function refusal(response: Response): Promise<ApiError> {
  const error = await readReply(response).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('a reply', () => {
  it('gives its JSON', async () => {
    expect(await readReply(new Response('{"run_id":"r"}'))).toEqual({ run_id: 'r' });
  });

  it('that refuses keeps code, words, retryable flag, status and support id of the server', async () => {
    const body = { error: { code: 'busy', message: 'Try again.', retryable: true, support_id: 'S-1' } };
    const error = await refusal(new Response(JSON.stringify(body), { status: 503 }));
    expect({ ...error }).toMatchObject({ code: 'busy', status: 503, retryable: true, supportId: 'S-1' });
    expect(error.message).toBe('Try again.');
  });

  it('that is the page of a proxy can be tried again and shows nothing of that page', async () => {
    const error = await refusal(new Response('<html>502 Bad Gateway</html>', { status: 502 }));
    expect(error).toMatchObject({ code: 'unreachable', status: 502, retryable: true });
    expect(error.message).not.toContain('Gateway');
  });

  it('that is JSON of another shape is no error of Apex', async () => {
    const error = await refusal(new Response('{"message":"forbidden"}', { status: 403 }));
    expect(error).toMatchObject({ code: 'unreachable', status: 403 });
  });

  it('of success that is no JSON is not taken for a reply', async () => {
    expect(await refusal(new Response('<!doctype html>'))).toMatchObject({
      code: 'unreachable',
      status: 200,
    });
  });
});

describe('any thrown value', () => {
  it('stays what it is when it is an ApiError', () => {
    const error = new ApiError('busy', 'Later.');
    expect(asApiError(error)).toBe(error);
  });

  it('that is no ApiError becomes one with its cause', () => {
    const cause = new TypeError('x is undefined');
    const error = asApiError(cause);
    expect(error).toMatchObject({ code: 'internal', cause });
    expect(error.message).not.toContain('undefined');
  });
});
