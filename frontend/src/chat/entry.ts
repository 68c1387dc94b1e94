import type { ApiError, ApiErrorCode } from '../api/errors';
import type { ClickRequest } from '../contract/contract';

/** Why a message was not taken, as the customer sees it. */
export interface Failure {
  code: ApiErrorCode;
  message: string;
  retryable: boolean;
  supportId: string | null;
}

/**
 * A message on its way. `founder` is the request that begins its thread (its own, or an earlier one), null when the
 * thread exists. `uid`, `runId` and `threadId` are null until somebody is signed in. `datasetIds` are fixed at the
 * first try: a retry must be the same request. `owner` is the tab that sends it. `click`: what of the last answer was
 * clicked, null for words of the user's own (missing in what an earlier page kept).
 */
export interface Entry {
  requestId: string;
  owner: string;
  uid: string | null;
  guest: boolean;
  founder: string | null;
  threadId: string | null;
  runId: string | null;
  text: string;
  click: ClickRequest | null;
  at: number;
  datasetIds: readonly string[] | null;
  attempts: number;
  stop: boolean;
  state: EntryState;
  failure: Failure | null;
}

/** `reading`: waits for an upload; `held`: stopped before it was ever sent. */
export type EntryState = 'waiting' | 'reading' | 'sending' | 'sent' | 'held' | 'failed';

const UNSURE: Failure = {
  code: 'unreachable',
  message: 'You signed in while this was being sent. If it is not answered in your list, send it again.',
  retryable: true,
  supportId: null,
};
const UNDER_WAY: readonly EntryState[] = ['waiting', 'reading', 'sending'];

/** What is kept of an error. */
export function failureOf(error: ApiError): Failure {
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    supportId: error.supportId,
  };
}

/** True while the message will still be sent by itself. */
export function isUnderWay(entry: Entry): boolean {
  return UNDER_WAY.includes(entry.state);
}

/** True when an earlier message of its thread must be sent first. */
export function isBlocked(entry: Entry, all: readonly Entry[]): boolean {
  const founder = all.find((each) => each.requestId === entry.founder);
  if (founder && founder !== entry && founder.state !== 'sent') return true;
  const earlier = all.slice(0, all.indexOf(entry));
  return earlier.some((each) => each.threadId === entry.threadId && isUnderWay(each));
}

/** What a message needs, now that this user is signed in. */
export type Need = 'a user' | 'the account' | 'adoption' | 'an end' | 'sending';

/** A guest's messages go along into an account; those of an account stay with nobody who comes after it. */
export function needOf(entry: Entry, user: { uid: string; guest: boolean }): Need {
  if (entry.uid === null) return 'a user';
  if (entry.uid === user.uid) return entry.guest === user.guest ? 'sending' : 'the account';
  return entry.guest && entry.state !== 'sent' ? 'adoption' : 'an end';
}

/** What a guest left unsent, for the account; a first try of it may have arrived, which only the user can tell. */
export function adopted(entry: Entry, all: readonly Entry[]): Partial<Entry> {
  const tried = entry.attempts > 0;
  const isBeginning = all.some((each) => each.requestId === entry.founder && each.state !== 'sent');
  const state = entry.state === 'reading' ? 'waiting' : entry.state;
  return {
    uid: null,
    runId: null,
    founder: isBeginning ? entry.founder : null,
    threadId: isBeginning ? null : entry.threadId,
    attempts: 0,
    datasetIds: null,
    state: tried ? 'failed' : state,
    failure: tried ? UNSURE : null,
  };
}

/** What is sent. The first message of a thread names none: the server calls the thread after the run. */
export function turnBody(entry: Entry): Record<string, unknown> {
  return {
    client_request_id: entry.requestId,
    message: entry.text,
    dataset_ids: entry.datasetIds,
    ...(entry.founder === entry.requestId ? {} : { thread_id: entry.threadId }),
    ...(entry.click && { click: entry.click }),
  };
}

/** `all` without a message; if it was to begin a thread, the next one of that thread does so in its place. */
export function without(requestId: string, all: readonly Entry[]): readonly Entry[] {
  const dropped = all.find((each) => each.requestId === requestId);
  const rest = all.filter((each) => each.requestId !== requestId);
  const followers = rest.filter((each) => each.founder === requestId);
  const [heir] = followers;
  if (!dropped || dropped.state === 'sent' || !heir) return rest;
  return rest.map((each) =>
    followers.includes(each) ? { ...each, founder: heir.requestId, threadId: heir.runId } : each,
  );
}

/** Reads what an earlier page or another tab kept; null for anything else. */
export function asEntry(kept: unknown): Entry | null {
  const value = kept as Partial<Entry> | null;
  if (typeof value?.requestId !== 'string' || typeof value.text !== 'string') return null;
  const entry = value as Entry;
  return entry.state === 'reading' || entry.state === 'sending' ? { ...entry, state: 'waiting' } : entry;
}
