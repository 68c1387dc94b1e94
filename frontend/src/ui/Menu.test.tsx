import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { Menu } from './Menu';

const run = vi.fn();
const opener = () => document.querySelector<HTMLElement>('[aria-haspopup=menu]');
const list = () => document.querySelector('[role=menu]');

function show(extra: { head?: string; blocked?: string }): void {
  const menu = (
    <Menu label="More" class="button" items={[{ label: 'Rename', run }]} {...extra}>
      more
    </Menu>
  );
  act(() => render(menu, document.body));
  act(() => opener()?.click());
}

afterEach(() => act(() => render(null, document.body)));

test('the line above a menu describes it and is no item of it', () => {
  show({ head: '2 model calls' });
  const described = document.getElementById(list()?.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toBe('2 model calls');
  expect(list()?.contains(described)).toBe(false);
  expect(list()?.textContent).toBe('Rename');
});

test('a blocked menu stays closed', () => {
  show({ blocked: 'You are offline.' });
  expect(list()).toBeNull();
  expect(opener()?.title).toBe('You are offline.');
});
