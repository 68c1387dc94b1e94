import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Toasts, toast } from './toasts';

const HALF_MINUTE = 30_000;
const text = () => document.querySelector('.toasts')?.textContent;
const root = () => document.getElementById('root') as HTMLElement;
const button = () => document.querySelector('.toast button') as HTMLButtonElement;
const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<button id="before">before</button><div id="root"></div>';
  act(() => render(<Toasts />, root()));
});

afterEach(() => {
  pass(HALF_MINUTE);
  act(() => render(null, root()));
  vi.useRealTimers();
});

function undoable(): string[] {
  const done: string[] = [];
  const action = { label: 'Undo', run: () => done.push('undone'), missed: () => done.push('missed') };
  act(() => toast('Deleted.', action));
  return done;
}

test('a toast with something to do stays longer than one to be read, and tells when it leaves without it', () => {
  act(() => toast('Copied.'));
  const done = undoable();
  pass(6_500);
  expect(text()).toBe('Deleted.Undo');
  expect(done).toEqual([]);
  pass(14_000);
  expect(text()).toBe('');
  expect(done).toEqual(['missed']);
});

test('it does not leave while the pointer is on it', () => {
  const done = undoable();
  const line = document.querySelector('.toast') as HTMLElement;
  act(() => void line.dispatchEvent(new Event('pointerenter')));
  pass(10 * HALF_MINUTE);
  expect(text()).toBe('Deleted.Undo');
  act(() => void line.dispatchEvent(new Event('pointerleave')));
  pass(HALF_MINUTE);
  expect(done).toEqual(['missed']);
});

test('who goes to it by Tab finds it, may stay, and is taken back to where they were', () => {
  const done = undoable();
  document.getElementById('before')?.focus();
  for (let press = 0; press < 5; press++) {
    pass(15_000);
    act(() => void document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true })));
  }
  const init = { bubbles: true, relatedTarget: document.getElementById('before') };
  act(() => void button().dispatchEvent(new FocusEvent('focusin', init)));
  pass(10 * HALF_MINUTE);
  act(() => button().click());
  expect(done).toEqual(['undone']);
  expect(text()).toBe('');
  expect(document.activeElement?.id).toBe('before');
  pass(HALF_MINUTE);
  expect(done).toEqual(['undone']);
});
