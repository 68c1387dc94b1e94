import { expect, test } from 'vitest';
import type { Event } from '../contract/contract';
import { stepsOf, workedMs, workTime } from './steps';

function at(seq: number, step: number, agent: Event['agent'] = 'triage') {
  return { run_id: 'r', seq, step, agent, at: 1_000 + seq * 100, final: false };
}

const run: Event[] = [
  { ...at(0, 0), type: 'agent_started' },
  { ...at(1, 0), type: 'agent_thinking', thought: 'I read your question.' },
  { ...at(2, 0), type: 'agent_completed', result: 'You want to save.' },
  { ...at(3, 1, 'data'), type: 'agent_started' },
  {
    ...at(4, 1, 'data'),
    type: 'tool_executing',
    tool: 'query_usage',
    tool_call_id: 'c1',
    purpose: 'To see the bill',
  },
  {
    ...at(5, 1, 'data'),
    type: 'tool_executing',
    tool: 'query_usage',
    tool_call_id: 'c2',
    purpose: 'To see the days',
  },
  {
    ...at(6, 1, 'data'),
    type: 'tool_completed',
    tool: 'query_usage',
    tool_call_id: 'c1',
    status: 'completed',
    result_summary: '368.03 USD',
    facts: [],
  },
];

test('each step has its name in the customer’s words, its time and its result', () => {
  const [first, second] = stepsOf(run);
  expect(first).toMatchObject({
    label: 'Understanding your question',
    state: 'done',
    startedAt: 1_000,
    endedAt: 1_200,
  });
  expect(first?.result).toBe('You want to save.');
  expect(second).toMatchObject({
    label: 'Measuring your usage',
    state: 'working',
    endedAt: null,
    result: null,
  });
});

test('a tool shows what it found, or that it is still at work', () => {
  const [, second] = stepsOf(run);
  expect(second?.notes).toEqual([
    {
      kind: 'tool',
      seq: 4,
      callId: 'c1',
      purpose: 'To see the bill',
      result: '368.03 USD',
      status: 'completed',
    },
    { kind: 'tool', seq: 5, callId: 'c2', purpose: 'To see the days', result: null, status: 'running' },
  ]);
});

test('a step that another worker took over stays one step', () => {
  const again: Event = { ...at(7, 1, 'data'), type: 'agent_started' };
  expect(stepsOf([...run, again]).map((step) => step.number)).toEqual([0, 1]);
});

test('a run that fails or is stopped shows where', () => {
  const failed: Event = {
    ...at(7, 1, 'data'),
    final: true,
    type: 'agent_failed',
    code: 'internal',
    message: 'Sorry.',
    retryable: true,
    support_id: 'S-1',
  };
  expect(stepsOf([...run, failed]).at(-1)?.state).toBe('failed');
  const stopped: Event = { ...at(7, 1, 'data'), final: true, type: 'agent_cancelled' };
  expect(stepsOf([...run, stopped]).at(-1)?.state).toBe('stopped');
});

test('the time of a run is from its first event to its last', () => {
  expect(workedMs(run)).toBe(600);
  expect(workedMs([])).toBe(0);
});

test('a time of work is never less than a tenth of a second', () => {
  expect([-5, 0, 149, 514, 960, 3_200, 125_000].map(workTime)).toEqual([
    '0.1 s',
    '0.1 s',
    '0.1 s',
    '0.5 s',
    '1.0 s',
    '3.2 s',
    '2 min 5 s',
  ]);
});

test('thoughts of a reply that broke off are taken back; tools stay', () => {
  const broken: Event[] = [
    ...run,
    { ...at(7, 1, 'data'), type: 'agent_thinking', thought: 'You spent 20 USD.' },
    { ...at(8, 1, 'data'), type: 'agent_thinking', thought: 'Still measuring your usage.' },
    { ...at(9, 1, 'data'), type: 'agent_thinking', thought: 'I begin this part again.', replaces: 7 },
    { ...at(10, 1, 'data'), type: 'agent_thinking', thought: 'You spent 20 USD.' },
  ];
  const notes = stepsOf(broken)[1]?.notes ?? [];
  expect(notes.map((note) => (note.kind === 'thought' ? note.text : note.callId))).toEqual([
    'c1',
    'c2',
    'I begin this part again.',
    'You spent 20 USD.',
  ]);
});
