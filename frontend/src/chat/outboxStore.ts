import { type ReadonlySignal, signal } from '@preact/signals';
import { keptKeys, readKeptJson, removeKept, writeKept } from '../ui/deviceStorage';
import { asEntry, type Entry, without } from './entry';

const KEY = 'apex.outbox.';
const LOCK = 'apex.tab.';

/** This tab's name, as owner of messages. */
export const TAB = crypto.randomUUID();

const listed = signal<readonly Entry[]>([]);

/** All messages that are not known to be taken, oldest first. */
export const entries: ReadonlySignal<readonly Entry[]> = listed;

/** The message as it is now. */
export function entryOf(requestId: string): Entry | undefined {
  return listed.peek().find((each) => each.requestId === requestId);
}

/** Keeps a message, or what changed of it; every writer of a message owns it from then on. */
export function keep(entry: Entry): Entry {
  const owned = { ...entry, owner: TAB };
  write(owned);
  show(owned);
  return owned;
}

/** Changes a message, if it is still there. */
export function change(requestId: string, changes: Partial<Entry>): Entry | undefined {
  const entry = entryOf(requestId);
  return entry && keep({ ...entry, ...changes });
}

/** Takes a message away; the next one of its thread begins the thread if this one was to. */
export function drop(requestId: string): void {
  const before = listed.peek();
  const after = without(requestId, before);
  listed.value = after;
  removeKept(KEY + requestId);
  for (const entry of after) if (!before.includes(entry)) write(entry);
}

/** Reads what earlier pages left, follows the other tabs, and takes over what a closed tab leaves. */
export function openOutbox(): void {
  void navigator.locks.request(LOCK + TAB, () => new Promise<void>(() => {})); // held as long as this tab lives
  for (const key of keptKeys(KEY)) readKey(key);
  addEventListener('storage', (event) => event.key && readKey(event.key));
}

function readKey(key: string): void {
  if (!key.startsWith(KEY)) return;
  const requestId = key.slice(KEY.length);
  const entry = stored(requestId);
  const present = entryOf(requestId);
  if (entry) {
    show(entry);
    if (entry.owner !== present?.owner && entry.owner !== TAB) void inherit(entry);
  } else if (present && present.owner !== TAB) {
    listed.value = listed.peek().filter((each) => each !== present);
  }
}

/** The lock of a tab becomes free when the tab is closed. */
async function inherit({ requestId, owner }: Entry): Promise<void> {
  await navigator.locks.request(LOCK + owner, () => {
    const entry = stored(requestId);
    if (entry?.owner === owner) keep(entry);
  });
}

function stored(requestId: string): Entry | null {
  return asEntry(readKeptJson(KEY + requestId));
}

function show(entry: Entry): void {
  const all = listed.peek();
  const at = all.findIndex((each) => each.requestId === entry.requestId);
  listed.value = at < 0 ? [...all, entry].sort((a, b) => a.at - b.at) : all.with(at, entry);
}

function write(entry: Entry): void {
  if (entry.state === 'sent') removeKept(KEY + entry.requestId);
  else writeKept(KEY + entry.requestId, JSON.stringify(entry));
}
