import { expect, test } from 'vitest';
import { adopted, asEntry, type Entry, isBlocked, needOf, turnBody, without } from './entry';

function entry(requestId: string, changes: Partial<Entry> = {}): Entry {
  return {
    requestId,
    owner: 'tab',
    uid: 'u',
    guest: true,
    founder: null,
    threadId: 't',
    runId: `run-${requestId}`,
    text: `text of ${requestId}`,
    click: null,
    at: 0,
    datasetIds: ['d'],
    attempts: 0,
    stop: false,
    state: 'waiting',
    failure: null,
    ...changes,
  };
}

test('messages of one thread are sent one after the other', () => {
  const all = [entry('a', { state: 'sending' }), entry('b'), entry('c', { threadId: 'other' })];
  expect(all.map((each) => isBlocked(each, all))).toEqual([false, true, false]);
});

test('a message that was sent, refused or held does not keep later ones back', () => {
  for (const state of ['sent', 'failed', 'held'] as const) {
    const all = [entry('a', { state }), entry('b')];
    expect(isBlocked(all[1] as Entry, all)).toBe(false);
  }
});

test('nothing follows into a thread whose first message the server has not taken', () => {
  for (const state of ['failed', 'held', 'waiting', 'sending'] as const) {
    const all = [entry('a', { founder: 'a', state }), entry('b', { founder: 'a' })];
    expect(isBlocked(all[1] as Entry, all)).toBe(true);
  }
  const taken = [entry('a', { founder: 'a', state: 'sent' }), entry('b', { founder: 'a' })];
  expect(isBlocked(taken[1] as Entry, taken)).toBe(false);
});

test('the first message of a thread names none, a later one names it', () => {
  const first = turnBody(entry('a', { founder: 'a' }));
  expect(first).toEqual({ client_request_id: 'a', message: 'text of a', dataset_ids: ['d'] });
  expect(turnBody(entry('b', { founder: 'a' }))).toMatchObject({ thread_id: 't' });
  expect(turnBody(entry('c'))).toMatchObject({ thread_id: 't' });
});

test('a click goes along with its message, also over a reload, and words alone have none', () => {
  const click = { chip: '0.period', to: 'last_month' };
  const kept = asEntry(JSON.parse(JSON.stringify(entry('b', { click }))));
  expect(turnBody(kept as Entry)).toMatchObject({ message: 'text of b', click });
  const { click: _, ...fromBefore } = entry('c');
  expect(turnBody(asEntry(fromBefore) as Entry)).not.toHaveProperty('click');
});

test('when the first message of a thread is taken back, the next one begins the thread in its place', () => {
  const all = [
    entry('a', { founder: 'a', state: 'failed' }),
    entry('b', { founder: 'a' }),
    entry('c', { founder: 'a' }),
    entry('d', { threadId: 'other' }),
  ];
  const rest = without('a', all);
  expect(rest.map(({ requestId, founder, threadId }) => [requestId, founder, threadId])).toEqual([
    ['b', 'b', 'run-b'],
    ['c', 'b', 'run-b'],
    ['d', null, 'other'],
  ]);
});

test('when a sent first message leaves the list, its thread stays what it is', () => {
  const all = [entry('a', { founder: 'a', state: 'sent' }), entry('b', { founder: 'a' })];
  expect(without('a', all)).toEqual([all[1]]);
});

test('what was on its way when the page closed is sent again', () => {
  for (const state of ['reading', 'sending'] as const) {
    expect(asEntry(entry('a', { state, attempts: 1 }))).toEqual(entry('a', { attempts: 1 }));
  }
  expect(asEntry(entry('a', { state: 'failed' }))?.state).toBe('failed');
});

test('what is not a message is not read as one', () => {
  expect(asEntry(null)).toBeNull();
  expect(asEntry({ text: 1 })).toBeNull();
});

test('a message goes along with its guest, also when that has become an account, and never from an account to anybody', () => {
  const ofGuest = entry('a');
  const ofAccount = entry('b', { guest: false });
  expect(needOf(entry('c', { uid: null }), { uid: 'u', guest: true })).toBe('a user');
  expect(needOf(ofGuest, { uid: 'u', guest: true })).toBe('sending');
  expect(needOf(ofGuest, { uid: 'u', guest: false })).toBe('the account');
  expect(needOf(ofGuest, { uid: 'v', guest: false })).toBe('adoption');
  for (const state of ['waiting', 'held', 'failed', 'sent'] as const) {
    expect(needOf({ ...ofAccount, state }, { uid: 'v', guest: true })).toBe('an end');
  }
});

test('what a guest did not send yet starts over in the account; what was tried is left to the user', () => {
  const all = [
    entry('a', { founder: 'a', state: 'reading' }),
    entry('b', { founder: 'a', attempts: 1, state: 'sending' }),
  ];
  const fresh = { uid: null, runId: null, threadId: null, founder: 'a', attempts: 0, datasetIds: null };
  expect(adopted(all[0] as Entry, all)).toEqual({ ...fresh, state: 'waiting', failure: null });
  expect(adopted(all[1] as Entry, all)).toMatchObject({
    ...fresh,
    state: 'failed',
    failure: { retryable: true },
  });
});

test('a message for a conversation that the guest has begun stays in it: conversations come along', () => {
  const all = [entry('a', { founder: 'a', state: 'sent' }), entry('b', { founder: 'a' })];
  expect(adopted(all[1] as Entry, all)).toMatchObject({ founder: null, threadId: 't' });
});
