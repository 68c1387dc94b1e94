import { expect, test } from 'vitest';
import { ACTIVE_LIMIT, chosenOf, keepChosen, pickActive } from './selection';

test('what was chosen in the conversation wins over what was chosen last', () => {
  expect(pickActive([['b'], ['a']], ['a', 'b'])).toEqual(['b']);
});

test('a choice that was removed gives way to the next one, then to the newest dataset', () => {
  expect(pickActive([['deleted'], ['a']], ['b', 'a'])).toEqual(['a']);
  expect(pickActive([['deleted'], []], ['b', 'a'])).toEqual(['b']);
  expect(pickActive([['deleted'], []], [])).toEqual([]);
});

test('a question is never about more datasets than the server takes', () => {
  const many = Array.from({ length: 25 }, (_, number) => `set${number}`);
  expect(pickActive([many], many)).toEqual(many.slice(0, ACTIVE_LIMIT));
});

test('the choice of one user is kept and is not that of another', () => {
  keepChosen('ann', ['a', 'b']);
  expect(chosenOf('ann')).toEqual(['a', 'b']);
  expect(chosenOf('bob')).toEqual([]);
});

test('a stored choice that is damaged is no choice', () => {
  localStorage.setItem('apex.data.ann', '{"a":');
  expect(chosenOf('ann')).toEqual([]);
  localStorage.setItem('apex.data.ann', '{"a": 1}');
  expect(chosenOf('ann')).toEqual([]);
});
