import { call } from '../api/call';
import { asApiError, LeftUserError } from '../api/errors';
import { go, route, threadPath } from '../nav/routes';
import { beforeLeaving } from '../session/departure';
import { userId } from '../session/session';
import { toast } from '../ui/toasts';
import { asTitle, setHidden, setShownTitle, type ThreadItem } from './threads';

/** Whoever leaves does not wait longer for what is to be deleted. */
const LEAVING_MS = 5_000;

/** Gives a conversation another title, shown at once; the old one comes back when it cannot be kept. */
export async function rename(thread: ThreadItem, text: string): Promise<void> {
  const title = asTitle(text);
  const uid = userId();
  if (!uid || !title || title === thread.title) return;
  setShownTitle(thread.id, title);
  try {
    await call('PATCH', `/api/threads/${thread.id}`, { as: uid, json: { title } });
  } catch (error) {
    if (userId() !== uid) return; // its user has left, and took the list along
    setShownTitle(thread.id, null);
    toast(`The name was not changed. ${asApiError(error).message}`, {
      label: 'Try again',
      run: () => void rename(thread, title),
    });
  }
}

/** Conversations that are hidden and not yet deleted, with how to delete them now; true when it is done. */
const waiting = new Map<string, (leaving: boolean) => Promise<boolean>>();

/** Deletes a conversation when it can no longer be taken back; sooner when the page is left. */
export function deleteThread(thread: ThreadItem): void {
  const { id } = thread;
  const uid = userId();
  if (!uid) return;
  const wasHere = route.value.name === 'thread' && route.value.id === id;
  setHidden(id, true);
  if (wasHere) go('/');
  waiting.set(id, (leaving) => {
    waiting.delete(id);
    return finish(thread, uid, leaving);
  });
  toast(`“${thread.title}” is deleted.`, {
    label: 'Undo',
    run: () => {
      if (!waiting.delete(id)) return;
      setHidden(id, false);
      if (wasHere) go(threadPath(id));
    },
    missed: () => void waiting.get(id)?.(false),
  });
}

/** Deletes now what still could be taken back: its user is about to leave. False: something is shown again. */
async function finishDeletions(): Promise<boolean> {
  const done = await Promise.all([...waiting.values()].map((finishNow) => finishNow(true)));
  return !done.includes(false);
}

async function finish(thread: ThreadItem, uid: string, leaving: boolean): Promise<boolean> {
  try {
    const hurry = leaving ? { keepalive: true, limitMs: LEAVING_MS } : {};
    await call('DELETE', `/api/threads/${thread.id}`, { as: uid, ...hurry });
  } catch (error) {
    const { code, message } = asApiError(error);
    if (code === 'thread_not_found') return true; // another tab deleted it
    if (error instanceof LeftUserError || userId() !== uid) return false; // its user has left
    setHidden(thread.id, false);
    toast(`“${thread.title}” was not deleted. ${message}`, {
      label: 'Try again',
      run: () => deleteThread(thread),
    });
    return false;
  }
  return true;
}

beforeLeaving({ finish: finishDeletions });
addEventListener('pagehide', () => void finishDeletions());
