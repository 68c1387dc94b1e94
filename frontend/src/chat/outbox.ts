import { effect, untracked } from '@preact/signals';
import type { ClickRequest } from '../contract/contract';
import { uploads } from '../data/uploads';
import { newRequestId, runIdOf } from '../lib/requestIds';
import { go, route, threadHere, threadPath } from '../nav/routes';
import { beforeLeaving } from '../session/departure';
import { online } from '../session/online';
import { type SessionUser, session, userId } from '../session/session';
import { threadBegins } from '../threads/threads';
import { deliver, resting, tryNow } from './deliver';
import { moveDraft } from './drafts';
import { adopted, type Entry, isBlocked, isUnderWay, needOf } from './entry';
import { change, drop, entries, entryOf, keep, openOutbox, TAB } from './outboxStore';
import { stopRun } from './stop';

/** The draft and the conversation of a page that has no thread yet. */
export const NEW = 'new';

const binding = new Set<string>();

/**
 * Takes a message at once, whatever the network does; it is shown, kept over a reload, and sent in order. `click`: what
 * of the last answer it was made of.
 */
export function send(text: string, threadId: string | null, click: ClickRequest | null = null): void {
  const requestId = newRequestId();
  keep({
    requestId,
    owner: TAB,
    uid: null,
    guest: false,
    founder: founderIn(threadId) ?? (threadId === null ? requestId : null),
    threadId,
    runId: null,
    text,
    click,
    at: Date.now(),
    datasetIds: null,
    attempts: 0,
    stop: false,
    state: 'waiting',
    failure: null,
  });
}

/** The messages of a thread, or (null) of the conversation that is being begun, that are not known to be taken. */
export function entriesIn(threadId: string | null, uid: string | null): readonly Entry[] {
  const own = entries.value.filter((each) => each.uid === null || each.uid === uid);
  if (threadId !== null) return own.filter((each) => each.threadId === threadId);
  const begun = own.filter((each) => each.threadId === null);
  return begun.filter((each) => each.founder === begun.at(-1)?.founder);
}

/** Messages that the server did not take, of conversations that it does not know: they are in no list. */
export function strandedEntries(uid: string | null): readonly Entry[] {
  return entries.value.filter(
    (each) => each.uid === uid && each.founder === each.requestId && each.state !== 'sent' && each.threadId,
  );
}

/** Sends a message again under its own id: the server answers it once, however often it arrives. */
export function retry(requestId: string): void {
  tryNow(requestId);
  change(requestId, { state: 'waiting', failure: null, stop: false });
}

/** Takes an unsent message back and gives its text. If its thread now begins with another message, the page goes there. */
export function takeBack(requestId: string): string {
  const entry = entryOf(requestId);
  if (!entry) return '';
  const follower = entries.peek().find((each) => each.founder === requestId && each !== entry);
  drop(requestId);
  const heir = follower && entryOf(follower.requestId);
  if (entry.founder === requestId && conversationHere() === entry.threadId) {
    moveDraft(entry.threadId, heir?.threadId ?? NEW);
    go(heir?.threadId ? threadPath(heir.threadId) : '/', { replace: true });
  }
  return entry.text;
}

/** The conversation on the screen, as its draft is named. */
export function conversationHere(): string {
  return untracked(threadHere) ?? NEW;
}

/** Asks a message whose thread was deleted in a conversation of its own. */
export function resend(requestId: string): void {
  const text = takeBack(requestId);
  go('/');
  send(text, null);
}

/** Stops a message wherever it is: not yet sent, on its way, or already a run. */
export function stopEntry(entry: Entry): void {
  const { requestId, runId } = entry;
  if (isUnderWay(entry) && entry.attempts === 0) {
    change(requestId, { state: 'held' });
    return;
  }
  change(requestId, { stop: true });
  if (runId && entry.state !== 'waiting') {
    void stopRun(runId, requestId).then((done) => done || change(requestId, { stop: false }));
  }
}

function founderIn(threadId: string | null): string | null {
  const here = entriesIn(threadId, userId());
  return here.find((each) => each.founder === each.requestId && each.state !== 'sent')?.requestId ?? null;
}

/** Gives a message its user, run and thread; the page goes to the thread that it begins. */
async function bind({ requestId }: Entry, user: SessionUser): Promise<void> {
  if (binding.has(requestId)) return;
  binding.add(requestId);
  const runId = await runIdOf(user.uid, requestId);
  const entry = entryOf(requestId);
  const founded = entry?.founder ? await runIdOf(user.uid, entry.founder) : null;
  binding.delete(requestId);
  if (entry?.uid !== null || userId() !== user.uid) return;
  const isHere = route.peek().name === 'new' && entry.threadId === null;
  change(requestId, { uid: user.uid, guest: user.guest, runId, threadId: founded ?? entry.threadId });
  if (!founded) return;
  threadBegins(founded, entry.text);
  if (!isHere) return;
  moveDraft(NEW, founded);
  go(threadPath(founded));
}

/** The page stays with a conversation that the message is to begin: it gets its new address from `bind`. */
function adopt(entry: Entry): void {
  const after = change(entry.requestId, adopted(entry, entries.peek()));
  if (entry.threadId === null || after?.threadId !== null || conversationHere() !== entry.threadId) return;
  moveDraft(entry.threadId, NEW);
  go('/', { replace: true });
}

// A message that waits for a model's name is not on its way: it goes along unsent.
function isMoving(uid: string): boolean {
  const waits = uploads.value.some(({ state }) => state === 'needs_model');
  const moving = waits ? ['sending'] : ['reading', 'sending'];
  return entries.value.some((each) => each.uid === uid && moving.includes(each.state));
}

function lossOf(uid: string): string | null {
  const isUnsent = entries.peek().some((each) => each.uid === uid && each.state !== 'sent');
  return isUnsent ? 'A message is not sent yet. It is lost when you sign out.' : null;
}

/** Begins to look after what is unsent. Lives as long as the page. */
export function startOutbox(): void {
  openOutbox();
  beforeLeaving({ isBusy: isMoving, lossOf });
  effect(() => {
    if (online.value) untracked(() => tryNow());
  });
  effect(() => {
    const now = session.value;
    const own = entries.value.filter((each) => each.owner === TAB);
    const isOnline = online.value;
    const paused = resting.value;
    if (now.state !== 'ready') return;
    const { user } = now;
    untracked(() => {
      for (const entry of own) advance(entry, user, isOnline && !paused.has(entry.requestId));
    });
  });
}

function advance(entry: Entry, user: SessionUser, mayTry: boolean): void {
  const need = needOf(entry, user);
  if (need === 'a user') void bind(entry, user);
  else if (need === 'the account') change(entry.requestId, { guest: user.guest });
  else if (need === 'adoption') adopt(entry);
  else if (need === 'an end') drop(entry.requestId);
  else if (mayTry && isDue(entry)) void deliver(entry.requestId);
}

function isDue(entry: Entry): boolean {
  const now = entryOf(entry.requestId);
  return now?.state === 'waiting' && !isBlocked(now, entries.peek());
}
