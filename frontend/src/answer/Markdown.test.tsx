import { render } from 'preact';
import { expect, test } from 'vitest';
import type { Figure } from '../contract/contract';
import plan from './fixtures/plan.json';
import { markdownBlocks } from './Markdown';

function drawn(text: string, figures: Figure[] = []): HTMLElement {
  const root = document.createElement('div');
  render(markdownBlocks(text, figures), root);
  return root;
}

test('tags in a text are shown as text, and none becomes an element', () => {
  const root = drawn('Hello <img src=x onerror=alert(1)> <b>you</b>\n\n<script>alert(1)</script>\n');
  expect(root.querySelector('img, b, script')).toBeNull();
  expect(root.textContent).toContain('<img src=x onerror=alert(1)>');
  expect(root.textContent).toContain('<script>alert(1)</script>');
});

test('only addresses of the web and of mail become links, and images are never loaded', () => {
  const root = drawn(
    '[a](javascript:alert(1)) [b](https://example.com/x) ![chart](https://example.com/i.png)',
  );
  expect([...root.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
    'https://example.com/x',
  ]);
  expect(root.querySelector('a')?.rel).toBe('noopener noreferrer');
  expect(root.querySelector('img')).toBeNull();
  expect(root.textContent).toBe('a b chart');
});

test('headings begin below those of the page', () => {
  expect(drawn('# A\n\n## B\n\n### C').innerHTML).toBe('<h3>A</h3><h3>B</h3><h4>C</h4>');
});

test('signs of HTML read as the signs they are', () => {
  expect(drawn('A & B &amp; C &lt; D < E "q" it\'s').textContent).toBe('A & B & C < D < E "q" it\'s');
});

test('lists keep their numbers, and tables their alignment', () => {
  expect(drawn('3. c\n4. d').querySelector('ol')?.getAttribute('start')).toBe('3');
  const cells = drawn('| a | b |\n| --- | ---: |\n| x | 1 |').querySelectorAll('td');
  expect([...cells].map((cell) => `${cell.textContent}:${cell.className}`)).toEqual(['x:', '1:num right']);
});

test('every figure of a real answer is a button, and no word of it is lost', () => {
  const figures = plan.answer.figures as Figure[];
  const root = drawn(plan.answer.text, figures);
  const buttons = new Set([...root.querySelectorAll('button.figure')].map((button) => button.textContent));
  expect(buttons).toEqual(new Set(figures.map(({ text }) => text)));
  const plain = plan.answer.text.replaceAll(/[#*\s]|^- /gm, '').replaceAll('\n-', '');
  expect(root.textContent?.replaceAll(/\s/g, '')).toBe(plain);
});
