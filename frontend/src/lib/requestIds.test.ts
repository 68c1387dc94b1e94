import { expect, test } from 'vitest';
import { newRequestId, runIdOf } from './requestIds';

test('a run has the id that the server gives it: the first half of a SHA-256 of user and request', async () => {
  // python: hashlib.sha256(b"uid-1|request-0001").hexdigest()[:32]
  expect(await runIdOf('uid-1', 'request-0001')).toBe('0808fa971c41b67bb465afb75f2e502c'); // pragma: allowlist secret
});

test('request ids are what the server accepts, and never the same', () => {
  const ids = Array.from({ length: 1000 }, newRequestId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
});
