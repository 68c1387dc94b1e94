import { call } from '../api/call';
import { asApiError } from '../api/errors';
import { go, route, threadPath } from '../app/routes';
import { TOAST_MS, toast } from '../ui/toasts';
import { setHidden, setShownTitle, type ThreadItem } from './threads';

/** Characters of a title, at most (the server's limit). */
export const TITLE_LIMIT = 80;

/** Gives a conversation another title, shown at once; the old one comes back when it cannot be kept. */
export async function rename(thread: ThreadItem, text: string): Promise<void> {
  const title = text.replace(/\s+/g, ' ').trim().slice(0, TITLE_LIMIT);
  if (!title || title === thread.title) return;
  setShownTitle(thread.id, title);
  try {
    await call('PATCH', `/api/threads/${thread.id}`, { json: { title } });
  } catch (error) {
    setShownTitle(thread.id, null);
    toast(`The name was not changed. ${asApiError(error).message}`, {
      label: 'Try again',
      run: () => void rename(thread, title),
    });
  }
}

/** Conversations that are hidden and not yet deleted, with how to delete them now. */
const waiting = new Map<string, (leaving: boolean) => void>();

/** Deletes a conversation after a time in which it can be taken back; sooner when the page is left. */
export function deleteThread(thread: ThreadItem): void {
  const { id } = thread;
  const wasHere = route.value.name === 'thread' && route.value.id === id;
  setHidden(id, true);
  if (wasHere) go('/');
  const timer = setTimeout(() => waiting.get(id)?.(false), TOAST_MS);
  waiting.set(id, (leaving) => {
    clearTimeout(timer);
    waiting.delete(id);
    void finish(thread, leaving);
  });
  toast(`“${thread.title}” is deleted.`, {
    label: 'Undo',
    run: () => {
      if (!waiting.delete(id)) return;
      clearTimeout(timer);
      setHidden(id, false);
      if (wasHere) go(threadPath(id));
    },
  });
}

async function finish(thread: ThreadItem, keepalive: boolean): Promise<void> {
  try {
    await call('DELETE', `/api/threads/${thread.id}`, { keepalive });
  } catch (error) {
    const { code, message } = asApiError(error);
    if (code === 'thread_not_found') return; // another tab deleted it
    setHidden(thread.id, false);
    toast(`“${thread.title}” was not deleted. ${message}`, {
      label: 'Try again',
      run: () => deleteThread(thread),
    });
  }
}

addEventListener('pagehide', () => {
  for (const finishNow of waiting.values()) finishNow(true);
});
