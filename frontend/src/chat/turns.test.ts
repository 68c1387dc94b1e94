import { expect, test } from 'vitest';
import type { AnswerMessage, ClosingMessage, Event, QuestionMessage, Timestamp } from '../contract/contract';
import type { Entry } from './entry';
import { beginningOf, outcomeOf, turnsOf } from './turns';

function time(ms: number): Timestamp {
  return { seconds: Math.floor(ms / 1000), nanoseconds: (ms % 1000) * 1_000_000, toMillis: () => ms };
}

function question(run: string, ms: number): QuestionMessage {
  return { v: 1, role: 'user', run_id: run, text: `ask ${run}`, created_at: time(ms) };
}

function answer(run: string, ms: number): AnswerMessage {
  const content = {
    text: `answer ${run}`,
    blocks: [],
    figures: [],
    recommendations: [],
    choices: [],
    cost_usd: 0,
  };
  return { v: 1, role: 'assistant', run_id: run, created_at: time(ms), status: 'completed', ...content };
}

function entry(requestId: string, runId: string | null): Entry {
  const fixed = { owner: 'tab', uid: 'u', guest: true, founder: null, threadId: 't', datasetIds: null };
  const said = { text: `ask ${requestId}`, click: null };
  return {
    ...fixed,
    ...said,
    requestId,
    runId,
    at: 9,
    attempts: 0,
    stop: false,
    state: 'sent',
    failure: null,
  };
}

const final = { run_id: 'a', seq: 3, step: 0, agent: 'triage', at: 9, final: true } as const;

test('answers stand with their questions, in the order of the questions', () => {
  const turns = turnsOf([question('a', 1), question('b', 2), answer('b', 3), answer('a', 4)], []);
  expect(turns.map((turn) => [turn.question, turn.answer?.run_id])).toEqual([
    ['ask a', 'a'],
    ['ask b', 'b'],
  ]);
});

test('a message on its way comes last, and once: the stored question takes its place', () => {
  const waiting = turnsOf([question('a', 1)], [entry('req-b', 'b')]);
  expect(waiting.map((turn) => turn.key)).toEqual(['a', 'b']);
  const stored = turnsOf([question('a', 1), question('b', 2)], [entry('req-b', 'b')]);
  expect(stored.map((turn) => turn.key)).toEqual(['a', 'b']);
  expect(stored[1]).toMatchObject({ requestId: 'req-b', entry: null });
});

test('a message that nobody is signed in for yet is shown', () => {
  expect(turnsOf([], [entry('req-a', null)])[0]).toMatchObject({
    key: 'req-a',
    runId: null,
    question: 'ask req-a',
  });
});

test('an answer whose question is further back than what was read is left to "earlier"', () => {
  expect(turnsOf([answer('a', 1), question('b', 2)], []).map((turn) => turn.key)).toEqual(['b']);
});

test('a run is open until its last event or its answer is there', () => {
  expect(outcomeOf(null, null)).toBeNull();
  expect(outcomeOf(answer('a', 1), null)?.status).toBe('completed');
  expect(outcomeOf(null, { ...final, type: 'agent_cancelled' })).toEqual({ status: 'cancelled' });
});

test('the last event alone gives the answer, before its document has come', () => {
  const content = { text: 'x', blocks: [], figures: [], recommendations: [], choices: [], cost_usd: 0 };
  const done: Event = { ...final, type: 'agent_completed', result: 'x', answer: content };
  expect(outcomeOf(null, done)).toEqual({ status: 'completed', answer: content });
});

test('a failure has its support id where that is known', () => {
  const failed: Event = {
    ...final,
    type: 'agent_failed',
    code: 'answer_failed',
    message: 'Sorry.',
    retryable: true,
    support_id: 'S-1',
  };
  expect(outcomeOf(null, failed)).toMatchObject({
    status: 'failed',
    text: 'Sorry.',
    failure: { support_id: 'S-1' },
  });
  const message: ClosingMessage = {
    v: 1,
    role: 'assistant',
    run_id: 'a',
    created_at: time(1),
    status: 'failed',
    text: 'Sorry.',
  };
  expect(outcomeOf(message, null)).toEqual({ status: 'failed', text: 'Sorry.', failure: null });
});

test('a turn is named by the whole of a short question and by the beginning of a long one', () => {
  expect(beginningOf('How do I save?')).toBe('How do I save?');
  expect(beginningOf('💸'.repeat(80))).toBe('💸'.repeat(80));
  expect(beginningOf('💸'.repeat(100))).toBe(`${'💸'.repeat(80)}…`);
});
