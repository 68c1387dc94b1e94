import { effect, type Signal, signal } from '@preact/signals';
import { session } from '../session/session';
import { keptKeys, readKept, removeKept, writeKept } from '../ui/deviceStorage';

const KEY = 'apex.draft.';
const drafts = new Map<string, Signal<string>>();

/** Whose drafts these are: nobody's until somebody is signed in, who gets them as those of a guest. */
let owner = { uid: '', guest: true };

const prefixOf = (uid: string) => `${KEY}${uid}.`;

/** What is being typed in a conversation; survives a reload. */
export function draftOf(conversation: string): Signal<string> {
  const existing = drafts.get(conversation);
  if (existing) return existing;
  const draft = signal(keptText(conversation));
  drafts.set(conversation, draft);
  effect(() => keepText(conversation, draft.value));
  return draft;
}

/** What was typed for one conversation goes on in another, after what was typed there. */
export function moveDraft(from: string, to: string): void {
  addTo(to, draftOf(from).peek());
  draftOf(from).value = '';
}

function addTo(conversation: string, text: string): void {
  const there = draftOf(conversation);
  const before = there.peek();
  if (text && text !== before) there.value = before ? `${before}\n${text}` : text;
}

function keptText(conversation: string): string {
  return readKept(prefixOf(owner.uid) + conversation) ?? '';
}

function keepText(conversation: string, text: string): void {
  const key = prefixOf(owner.uid) + conversation;
  if (text) writeKept(key, text);
  else removeKept(key);
}

/** Another user has the page: a guest's drafts go along, those of an account leave this device. */
export function giveDraftsTo(user: { uid: string; guest: boolean }): void {
  const before = owner;
  owner = { uid: user.uid, guest: user.guest };
  if (before.uid === user.uid) return;
  const left = before.guest ? textsOf(before.uid) : [];
  for (const [conversation, draft] of drafts) draft.value = keptText(conversation);
  for (const [conversation, text] of left) addTo(conversation, text);
  for (const key of keptKeys(KEY)) if (!key.startsWith(prefixOf(user.uid))) removeKept(key);
}

function textsOf(uid: string): [conversation: string, text: string][] {
  const prefix = prefixOf(uid);
  return keptKeys(prefix).map((key) => [key.slice(prefix.length), readKept(key) ?? '']);
}

/** Drafts follow the session. */
export function startDrafts(): void {
  effect(() => {
    const now = session.value;
    if (now.state === 'ready') giveDraftsTo(now.user);
  });
}
