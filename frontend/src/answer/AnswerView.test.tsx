import { render } from 'preact';
import { expect, test, vi } from 'vitest';
import type { Answer } from '../contract/contract';
import { AnswerView, fetchAnswerCode } from './AnswerView';
import { answerMarkdown } from './export';
import guideFixture from './fixtures/guide.json';
import planFixture from './fixtures/plan.json';

function shown({ question, answer }: { question: string; answer: unknown }): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  render(<AnswerView answer={answer as Answer} runId="run" question={question} />, root);
  return root;
}

const button = (root: HTMLElement, name: string) =>
  [...root.querySelectorAll('button')].find((each) => each.textContent === name);

// This test is the first: later ones find the code fetched.
test('the words are there at once, and their figures can be opened as soon as the code for it has come', async () => {
  const root = shown(planFixture);
  expect(root.textContent).toContain('A plan of 3 changes saves 115.40 USD');
  await vi.waitFor(() => expect(root.querySelector('.lead')?.textContent).toContain('A plan of 3 changes'), {
    timeout: 10_000,
  });
  expect(root.querySelector('.lead button.figure')?.textContent).toBe('3');
});

test('the chart becomes a table with the same days, and a chart again', async () => {
  await fetchAnswerCode();
  const root = shown(planFixture);
  expect(root.querySelector('svg.chart-columns')?.getAttribute('aria-label')).toContain('Thu, 29 Oct 2026');
  button(root, 'Show as table')?.click();
  await vi.waitFor(() => expect(root.textContent).toContain('2026-10-12'));
  button(root, 'Show the chart')?.click();
  await vi.waitFor(() => expect(root.querySelector('svg.chart-columns')).not.toBeNull());
});

test('a long table shows its first rows, then all, then the first again', async () => {
  await fetchAnswerCode();
  const root = shown(planFixture);
  const rows = () => root.querySelectorAll('section[aria-label^="Possible savings"] tbody tr').length;
  expect(rows()).toBe(8);
  button(root, 'Show all 20 rows')?.click();
  await vi.waitFor(() => expect(rows()).toBe(20));
  button(root, 'Show the first 8 rows')?.click();
  await vi.waitFor(() => expect(rows()).toBe(8));
});

test('each change is shown once, with what it saves', async () => {
  await fetchAnswerCode();
  const cards = [...shown(planFixture).querySelectorAll('article.recommendation')];
  expect(cards.map((card) => card.querySelector('.recommendation-savings strong')?.textContent)).toEqual([
    '50.40 USD',
    '42.00 USD',
    '23.01 USD',
  ]);
});

test('an answer without data has its words and no empty parts', async () => {
  await fetchAnswerCode();
  const root = shown(guideFixture);
  expect(root.textContent).toContain('Open platform.openai.com');
  expect(root.querySelectorAll('table, svg.chart-columns, article, dl')).toHaveLength(0);
  expect(root.textContent).toContain('0.0041 USD of model cost');
});

test('a kind of block that only a newer server knows is left out, on the page and in the copy', async () => {
  await fetchAnswerCode();
  const { question, answer } = guideFixture;
  const newer = { ...answer, blocks: [{ type: 'hologram', title: 'Seen from all sides' }] };
  const root = shown({ question, answer: newer });
  expect(root.textContent).toBe(shown(guideFixture).textContent);
  expect(answerMarkdown(newer as unknown as Answer, question)).not.toContain('all sides');
});
