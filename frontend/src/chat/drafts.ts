import { effect, type Signal, signal } from '@preact/signals';
import { session } from '../session/session';

const KEY = 'apex.draft.';
const drafts = new Map<string, Signal<string>>();

/** What is being typed in a conversation; survives a reload. */
export function draftOf(conversation: string): Signal<string> {
  const known = drafts.get(conversation);
  if (known) return known;
  const draft = signal(localStorage.getItem(KEY + conversation) ?? '');
  drafts.set(conversation, draft);
  effect(() => keepText(KEY + conversation, draft.value));
  return draft;
}

/** What was typed for one conversation goes on in another, after what was typed there. */
export function moveDraft(from: string, to: string): void {
  const text = draftOf(from).peek();
  if (!text) return;
  const there = draftOf(to);
  there.value = there.peek() ? `${there.peek()}\n${text}` : text;
  draftOf(from).value = '';
}

function keepText(key: string, text: string): void {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // No room on this device: the text stays in the box, and the composer tells when it is too long to send.
  }
}

/** Drafts of an account are gone from this device when it is left. */
export function startDrafts(): void {
  let account: string | null = null;
  effect(() => {
    const now = session.value;
    if (now.state !== 'ready') return;
    const { uid, guest } = now.user;
    if (account && account !== uid) clearDrafts();
    account = guest ? null : uid;
  });
}

function clearDrafts(): void {
  for (const draft of drafts.values()) draft.value = '';
  for (const key of Object.keys(localStorage)) if (key.startsWith(KEY)) localStorage.removeItem(key);
}
