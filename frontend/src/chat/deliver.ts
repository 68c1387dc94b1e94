import { type ReadonlySignal, signal } from '@preact/signals';
import { call } from '../api/call';
import { type ApiError, asApiError, LeftUserError } from '../api/errors';
import { activeIdsIn } from '../data/datasets';
import { settled } from '../data/uploads';
import { pauseMs } from '../lib/pause';
import { go, route, threadPath } from '../nav/routes';
import { userId } from '../session/session';
import { threadBegins, threadBegun } from '../threads/threads';
import { toast } from '../ui/toasts';
import { type Entry, failureOf, turnBody } from './entry';
import { change, entryOf } from './outboxStore';
import { cancelRun } from './stop';

/** These pass by themselves; the message goes on trying. */
const PASSING = ['offline', 'unreachable', 'busy'];

const pausing = signal<ReadonlySet<string>>(new Set());

/** Messages that wait for their next try. */
export const resting: ReadonlySignal<ReadonlySet<string>> = pausing;

/** Lets a message (or all of them) be tried at once. */
export function tryNow(requestId?: string): void {
  pausing.value = new Set(requestId ? [...pausing.peek()].filter((each) => each !== requestId) : []);
}

/** Posts one message that is due. What it is about is settled at the first try, after uploads under way are in. */
export async function deliver(requestId: string): Promise<void> {
  const due = change(requestId, { state: 'reading' });
  if (!due) return;
  try {
    const datasetIds = due.datasetIds ?? (await datasetsFor(due));
    const now = entryOf(requestId);
    if (now?.state !== 'reading' || now.uid !== due.uid) return; // stopped, taken back, or its guest signed in
    const entry = change(requestId, { state: 'sending', datasetIds, attempts: due.attempts + 1 });
    if (!entry) return;
    await post(entry);
    onTaken(entry);
  } catch (error) {
    refused(due, error);
  }
}

async function datasetsFor(entry: Entry): Promise<readonly string[]> {
  await settled();
  if (entry.founder === entry.requestId && entry.threadId) threadBegins(entry.threadId, entry.text); // also after a reload
  return activeIdsIn(entry.threadId);
}

async function post(entry: Entry): Promise<void> {
  const { uid, runId, requestId } = entry;
  if (!uid) return;
  if (entry.stop && runId) await cancelRun(runId, requestId, uid);
  await call('POST', '/api/turns', { as: uid, json: turnBody(entry) });
}

/** The server has it. Of a guest who signed in meanwhile it took the guest's turn, which comes along under its ids. */
function onTaken({ requestId, uid, runId, threadId, founder, text }: Entry): void {
  const now = entryOf(requestId);
  if (!now || now.uid === uid) {
    change(requestId, { state: 'sent', failure: null });
    if (founder === requestId && threadId && userId() === uid) threadBegun(threadId, text);
    return;
  }
  const here = route.peek();
  const isHere = here.name === 'thread' ? here.id === now.threadId : now.threadId === null;
  change(requestId, { state: 'sent', failure: null, uid: userId(), runId, threadId });
  if (isHere && threadId) go(threadPath(threadId), { replace: true });
}

function refused({ requestId, uid, attempts }: Entry, cause: unknown): void {
  const error = asApiError(cause);
  const entry = entryOf(requestId);
  if (entry?.uid !== uid) return; // its guest signed in: it is reported there
  if (error instanceof LeftUserError) {
    rest(requestId, pauseMs(attempts));
    change(requestId, { state: 'waiting', attempts }); // nothing was sent
    return;
  }
  if (PASSING.includes(error.code)) {
    rest(requestId, pauseMs(entry.attempts));
    change(requestId, { state: 'waiting', failure: failureOf(error) });
    return;
  }
  change(requestId, { state: 'failed', failure: failureOf(error), stop: false });
  tellElsewhere(entry, error);
}

function rest(requestId: string, ms: number): void {
  pausing.value = new Set([...pausing.peek(), requestId]);
  setTimeout(() => tryNow(requestId), ms);
}

/** A message that fails while its conversation is not on the screen must not fail silently. */
function tellElsewhere({ threadId }: Entry, error: ApiError): void {
  const here = route.peek();
  if (!threadId || (here.name === 'thread' && here.id === threadId)) return;
  toast(`A message was not sent. ${error.message}`, { label: 'Open', run: () => go(threadPath(threadId)) });
}
