import { expect, test } from 'vitest';
import type { Event, EventsDocument } from '../contract/contract';
import { EventLog } from './eventLog';

function thought(seq: number): Event {
  return {
    run_id: 'r',
    seq,
    step: 0,
    agent: 'triage',
    at: seq,
    final: false,
    type: 'agent_thinking',
    thought: `${seq}`,
  };
}

function documentOf(...events: Event[]): EventsDocument {
  return {
    v: 1,
    first_seq: events[0]?.seq ?? 0,
    events,
    expire_at: { seconds: 0, nanoseconds: 0, toMillis: () => 0 },
  };
}

const last: Event = {
  run_id: 'r',
  seq: 4,
  step: 0,
  agent: 'triage',
  at: 4,
  final: true,
  type: 'agent_cancelled',
};

function numbers(log: EventLog): number[] {
  return log.events.map((event) => event.seq);
}

test('events that come in order are handed out at once', () => {
  const log = new EventLog();
  expect(log.take([documentOf(thought(0))])).toBe(true);
  expect(log.take([documentOf(thought(1), thought(2))])).toBe(true);
  expect(numbers(log)).toEqual([0, 1, 2]);
});

test('an event that comes early waits for those before it', () => {
  const log = new EventLog();
  expect(log.take([documentOf(thought(2)), documentOf(thought(1))])).toBe(false);
  expect(numbers(log)).toEqual([]);
  expect(log.take([documentOf(thought(0))])).toBe(true);
  expect(numbers(log)).toEqual([0, 1, 2]);
});

test('documents that come again bring nothing twice', () => {
  const log = new EventLog();
  const all = [documentOf(thought(0), thought(1)), documentOf(thought(2))];
  log.take(all);
  expect(log.take(all)).toBe(false);
  expect(numbers(log)).toEqual([0, 1, 2]);
});

test('every order of arrival, with repetitions, gives the same events', () => {
  const documents = [
    documentOf(thought(0), thought(1)),
    documentOf(thought(2)),
    documentOf(thought(3), last),
  ];
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 1, 0, 2, 0],
    [2, 0, 2, 1],
    [0, 2, 1, 1],
  ];
  for (const order of orders) {
    const log = new EventLog();
    for (const at of order) log.take(documents.slice(at, at + 1));
    expect(numbers(log)).toEqual([0, 1, 2, 3, 4]);
    expect(log.final).toEqual(last);
  }
});

test('a run is not over while an event before its last one is missing', () => {
  const log = new EventLog();
  log.take([documentOf(thought(0)), documentOf(last)]);
  expect(log.final).toBeNull();
  log.take([documentOf(thought(1), thought(2), thought(3))]);
  expect(log.final).toEqual(last);
});

test('the list that was handed out before is not changed by what comes later', () => {
  const log = new EventLog();
  log.take([documentOf(thought(0))]);
  const before = log.events;
  log.take([documentOf(thought(1))]);
  expect(before).toHaveLength(1);
});
