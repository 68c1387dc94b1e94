import { type ReadonlySignal, signal } from '@preact/signals';
import { call } from '../api/call';
import { type ApiError, asApiError, connectionError } from '../api/errors';
import { go, route, threadPath } from '../app/routes';
import { activeIdsIn } from '../data/datasets';
import { settled } from '../data/uploads';
import { pauseMs } from '../firebase/pause';
import { toast } from '../ui/toasts';
import { type Entry, failureOf, turnBody } from './entry';
import { change, entryOf } from './outboxStore';
import { cancelRun } from './stopping';

const TRY_MS = 30_000;
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
    if (entryOf(requestId)?.state !== 'reading') return; // stopped or taken back meanwhile
    const entry = change(requestId, { state: 'sending', datasetIds, attempts: due.attempts + 1 });
    if (!entry) return;
    await post(entry);
    change(requestId, { state: 'sent', failure: null });
  } catch (error) {
    refused(requestId, error);
  }
}

async function datasetsFor(entry: Entry): Promise<readonly string[]> {
  await settled();
  return activeIdsIn(entry.threadId);
}

async function post(entry: Entry): Promise<void> {
  if (entry.stop && entry.runId) await cancelRun(entry.runId, entry.requestId);
  const timeout = AbortSignal.timeout(TRY_MS);
  try {
    await call('POST', '/api/turns', { json: turnBody(entry), signal: timeout });
  } catch (error) {
    throw timeout.aborted ? connectionError(error) : error;
  }
}

function refused(requestId: string, cause: unknown): void {
  const error = asApiError(cause);
  const entry = entryOf(requestId);
  if (!entry) return;
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
