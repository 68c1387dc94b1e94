import { expect, test } from 'vitest';
import { keptKeys, readKept, readKeptJson, removeKept, writeKept } from './deviceStorage';

test('what is kept is read again until it is taken away', () => {
  writeKept('apex.a', 'text');
  expect([readKept('apex.a'), keptKeys('apex.')]).toEqual(['text', ['apex.a']]);
  removeKept('apex.a');
  expect([readKept('apex.a'), keptKeys('apex.')]).toEqual([null, []]);
});

test('what was damaged counts as nothing', () => {
  writeKept('apex.a', '{"requestId":');
  expect(readKeptJson('apex.a')).toBeNull();
});
