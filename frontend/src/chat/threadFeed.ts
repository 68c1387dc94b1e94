import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Message, ThreadDocument } from '../contract/contract';
import type { Row } from '../firebase/firestore';
import { listenDocument, listenQuery } from '../firebase/listen';
import { learnThread, threadById, threads } from '../threads/threads';

const PAGE = 60;

/** What the server has of a conversation. `messages` null: not known yet; oldest first. */
export interface ThreadFeed {
  messages: ReadonlySignal<readonly Message[] | null>;
  /** True when older messages were left out. */
  hasEarlier: ReadonlySignal<boolean>;
  showEarlier(): void;
  listen(): () => void;
}

/** Follows a conversation of a user while its component is on the screen. */
export function useThreadFeed(uid: string | null, threadId: string | null): ThreadFeed | null {
  const feed = useMemo(
    () => (uid && threadId ? makeThreadFeed(`users/${uid}/threads/${threadId}`) : null),
    [uid, threadId],
  );
  useEffect(() => feed?.listen(), [feed]);
  useUnlisted(uid, threadId, (feed?.messages.value?.length ?? 0) > 0);
  return feed;
}

/** Learns name and data of a conversation that `exists` and is older than those of the list. */
function useUnlisted(uid: string | null, threadId: string | null, exists: boolean): void {
  const isUnlisted = exists && threadId !== null && threads.value.loaded && !threadById(threadId);
  useEffect(() => {
    if (!isUnlisted) return;
    const path = `users/${uid}/threads/${threadId}`;
    const learn = (thread: ThreadDocument | null) => thread && learnThread(threadId, thread);
    return listenDocument(path, learn);
  }, [uid, threadId, isUnlisted]);
}

/**
 * Whether there is no such conversation. `enabled` only while nothing of it is to be seen: a listener to a document
 * that is just being created may keep the emulator's "absent" for longer, and the list of conversations lacks it then.
 */
export function useIsMissing(uid: string | null, threadId: string | null, enabled: boolean): boolean {
  const [missing, setMissing] = useState(false);
  const path = enabled && uid && threadId ? `users/${uid}/threads/${threadId}` : null;
  useEffect(() => {
    setMissing(false);
    if (!path) return;
    const onThread = (thread: ThreadDocument | null) => setMissing(thread === null);
    return listenDocument(path, onThread);
  }, [path]);
  return missing && path !== null;
}

function makeThreadFeed(path: string): ThreadFeed {
  const messages = signal<readonly Message[] | null>(null);
  const hasEarlier = signal(false);
  const read = new Map<string, Message>();
  let limit = PAGE;
  let stop: (() => void) | null = null;

  const onRows = (rows: readonly Row<Message>[]) => {
    hasEarlier.value = rows.length >= limit;
    messages.value = rows.map(({ id, data }) => unchanged(read, id, data)).reverse();
  };
  const open = () => {
    stop = listenQuery<Message>(`${path}/messages`, { orderBy: ['created_at', 'desc'], limit }, onRows);
  };
  const close = () => {
    stop?.();
    stop = null;
  };
  const listen = () => {
    open();
    return close;
  };
  const showEarlier = () => {
    limit += PAGE;
    if (!stop) return;
    close();
    open();
  };
  return { messages, hasEarlier, showEarlier, listen };
}

/** Messages are never changed once written: the same object again spares drawing them again. */
function unchanged(read: Map<string, Message>, id: string, data: Message): Message {
  const message = read.get(id) ?? data;
  read.set(id, message);
  return message;
}
