import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { fetchAnswerCode } from '../answer/AnswerView';
import type { Answer } from '../contract/contract';
import { send } from './outbox';
import { entries } from './outboxStore';
import { Transcript } from './Transcript';
import type { Turn } from './turns';

function answered(key: string): Turn {
  const chip = { id: '0.period', kind: 'period', label: `period of ${key}`, options: [] } as const;
  const content: Answer = {
    text: `answer ${key}`,
    reading: { text: '', chips: [{ ...chip, options: [] }], unread: [], question: '{}' },
    choices: [],
    blocks: [],
    figures: [],
    recommendations: [],
    cost_usd: 0,
  };
  const time = { seconds: 0, nanoseconds: 0, toMillis: () => 0 };
  const stored = { v: 1, role: 'assistant', run_id: key, created_at: time, status: 'completed' } as const;
  const asked = { key, runId: key, requestId: null, question: `ask ${key}`, askedAt: 0, entry: null };
  return { ...asked, answer: { ...stored, ...content } };
}

const buttonCalled = (name: string) => document.querySelector<HTMLElement>(`[aria-label="${name}"]`);

beforeAll(() => fetchAnswerCode());
afterEach(() => act(() => render(null, document.body)));

test('of a conversation only the chips of its last answer act', () => {
  const onSend = vi.fn();
  const turns = [answered('a'), answered('b')];
  const page = (
    <Transcript
      turns={turns}
      uid="u"
      openKeys={new Set()}
      onEarlier={null}
      acts={{ send: onSend, blocked: null }}
      answeredKey="b"
      onAsk={vi.fn()}
      onEdit={vi.fn()}
    />
  );
  act(() => render(page, document.body));
  expect(document.body.textContent).toContain('period of a');
  expect(buttonCalled('Take off: period of a')).toBeNull();
  act(() => buttonCalled('Take off: period of b')?.click());
  expect(onSend.mock.calls).toEqual([['Without: period of b', { chip: '0.period' }]]);
});

test('a click waits to be sent with its message; words of the user have none', () => {
  send('Without: last week', 't', { chip: '0.period' });
  send('and by model?', 't');
  expect(entries.value.map(({ text, threadId, click }) => [text, threadId, click])).toEqual([
    ['Without: last week', 't', { chip: '0.period' }],
    ['and by model?', 't', null],
  ]);
});
