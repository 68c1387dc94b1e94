import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Answer } from '../contract/contract';
import { Announcer } from '../ui/announcer';
import { type Acts, AnswerActs } from './acts';
import comparisonFixture from './fixtures/comparison.json';
import questionBackFixture from './fixtures/question_back.json';
import { ChoiceButtons, Reading } from './Reading';

const comparison = comparisonFixture.answer as unknown as Answer;
const questionBack = questionBackFixture.answer as unknown as Answer;
const send = vi.fn();
const ready: Acts = { send, blocked: null };

/** The parts of an answer that can be clicked; null: there is a later answer. */
function show(answer: Answer, acts: Acts | null): void {
  const page = (
    <AnswerActs.Provider value={acts}>
      <Reading answer={answer} />
      <ChoiceButtons answer={answer} />
      <Announcer />
    </AnswerActs.Provider>
  );
  act(() => render(page, document.body));
}

const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
const texts = (selector: string) => all(selector).map((each) => each.textContent);
const button = (name: string) =>
  all('button').find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name);
const click = (name: string) => act(() => button(name)?.click());
const press = (key: string) =>
  act(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });

beforeEach(() => send.mockClear());
afterEach(() => act(() => render(null, document.body)));

test('each piece of the reading is a chip in a group that says what it is', () => {
  show(comparison, ready);
  expect(document.querySelector('fieldset')?.getAttribute('aria-label')).toBe('How your question was read');
  expect(texts('.reading-chip')).toEqual([
    '14 to 20 November',
    'against 7 to 13 November',
    'only support_agent',
    'by model',
    'top 5',
  ]);
});

test('a chip is taken off with a message in words', () => {
  show(comparison, ready);
  click('Take off: only support_agent');
  expect(send.mock.calls).toEqual([['Without: only support_agent', { chip: '0.where.0' }]]);
  expect(document.querySelector('[role=status]')?.textContent).toBe('Asked: Without: only support_agent');
});

test('a chip is changed by keys: its menu opens with the first option, arrows move, a click sends', () => {
  show(comparison, ready);
  click('14 to 20 November: change');
  expect(document.activeElement?.textContent).toBe('the week before');
  press('ArrowDown');
  press('ArrowDown');
  act(() => (document.activeElement as HTMLElement).click());
  expect(send.mock.calls).toEqual([['Period: last month', { chip: '0.period', to: 'last_month' }]]);
});

test('Escape closes the menu of a chip, gives the focus back and sends nothing', () => {
  show(comparison, ready);
  click('by model: change');
  press('Escape');
  expect(all('[role=menuitem]')).toHaveLength(0);
  expect(document.activeElement).toBe(button('by model: change'));
  expect(send).not.toHaveBeenCalled();
});

test('a chip without options has no menu', () => {
  show(comparison, ready);
  expect(all('[aria-haspopup=menu]')).toHaveLength(3);
  expect(button('only support_agent: change')).toBeUndefined();
});

test('words that were not used stand below', () => {
  show(comparison, ready);
  expect(texts('.reading-unused')).toEqual(['Not used: "roughly", "for Tom"']);
});

test('while nothing can be sent, chips and choices stay within reach and say why', () => {
  for (const answer of [comparison, questionBack]) {
    show(answer, { send, blocked: 'You are offline.' });
    for (const each of all('button')) {
      expect([each.getAttribute('aria-disabled'), each.title]).toEqual(['true', 'You are offline.']);
      act(() => each.click());
    }
    expect(document.querySelector('[role=status]')?.textContent).toContain('You are offline.');
  }
  expect(all('[role=menu]')).toHaveLength(0);
  expect(send).not.toHaveBeenCalled();
});

test('below a later answer the reading is told and nothing of it acts', () => {
  show(comparison, null);
  expect(texts('.reading-chip')).toHaveLength(5);
  expect(all('button')).toHaveLength(0);
});

test('a reading without pieces is told in words, and one that is trivial not at all', () => {
  show(questionBack, ready);
  expect(texts('.reading-said')).toEqual(['Cost of a feature']);
  show({ ...questionBack, reading: { text: '', chips: [], unread: [], question: '{}' } }, ready);
  expect(all('fieldset')).toHaveLength(0);
});

test('a choice of a question back sends its label and its id', () => {
  show(questionBack, ready);
  click('Cost of chat_mobile');
  expect(send.mock.calls).toEqual([['Cost of chat_mobile', { choice: '1' }]]);
});

test('choices of an answered question back are plain words', () => {
  show(questionBack, null);
  expect(texts('.answer-choices li')).toEqual([
    'Cost of chat_web',
    'Cost of chat_mobile',
    'Cost of both together',
  ]);
  expect(all('button')).toHaveLength(0);
});
