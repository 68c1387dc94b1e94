import { beforeEach, expect, test } from 'vitest';
import { draftOf, giveDraftsTo } from './drafts';

const guest = { uid: 'guest', guest: true };
const account = { uid: 'account', guest: false };
const next = { uid: 'next', guest: true };

beforeEach(() => {
  giveDraftsTo({ uid: 'somebody', guest: false });
  giveDraftsTo(guest);
});

test('what a guest types goes along into the account, also of conversations that are not open', () => {
  draftOf('new').value = 'typed';
  localStorage.setItem('apex.draft.guest.t', 'in another conversation');
  giveDraftsTo(account);
  expect([draftOf('new').value, draftOf('t').value]).toEqual(['typed', 'in another conversation']);
});

test('what a guest types comes after what the account had typed, and once when two tabs bring it', () => {
  draftOf('new').value = 'typed';
  localStorage.setItem('apex.draft.account.new', 'before');
  giveDraftsTo(account);
  expect(draftOf('new').value).toBe('before\ntyped');
  giveDraftsTo(guest);
  draftOf('new').value = 'typed';
  localStorage.setItem('apex.draft.account.new', 'typed');
  giveDraftsTo(account);
  expect(draftOf('new').value).toBe('typed');
});

test('what an account types has left the device when another user is there, also when nobody saw it leave', () => {
  giveDraftsTo(account);
  draftOf('new').value = 'secret';
  localStorage.setItem('apex.draft.third.new', 'of an account that another page had');
  giveDraftsTo(next);
  expect(draftOf('new').value).toBe('');
  expect(Object.keys(localStorage).filter((key) => key.startsWith('apex.draft.'))).toEqual([]);
});
