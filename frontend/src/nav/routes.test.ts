import { expect, test } from 'vitest';
import { routeOf } from './routes';

test('the address of a conversation names it', () => {
  const id = '0123456789abcdef0123456789abcdef'; // pragma: allowlist secret
  expect(routeOf(`/t/${id}`)).toEqual({ name: 'thread', id });
});

test('the savings have an address of their own', () => {
  expect(routeOf('/savings')).toEqual({ name: 'savings' });
});

test.each([
  '/t/__x__',
  '/t/short',
  `/t/${'A'.repeat(32)}`,
  `/t/${'a'.repeat(33)}`,
  '/t/',
  '/nowhere',
  '/savings/x',
])('%s, which no conversation can have, begins a new one', (path) => {
  expect(routeOf(path)).toEqual({ name: 'new' });
});
