import { entries } from '../chat/outboxStore';
import type { UserDocument } from '../contract/contract';
import { uploads } from '../data/uploads';
import { listenDocument } from '../firebase/listen';
import { until } from './until';

// A message that waits for a model's name is not on its way: it goes along unsent.
function nothingMoves(uid: string): true | null {
  const states = uploads.value.map(({ state }) => state);
  if (states.includes('reading') || states.includes('sending')) return null;
  const moving = states.includes('needs_model') ? ['sending'] : ['reading', 'sending'];
  return entries.value.some((each) => each.uid === uid && moving.includes(each.state)) ? null : true;
}

function noQuestionIsOpen(uid: string, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    signal.throwIfAborted();
    const stop = listenDocument<UserDocument>(
      `users/${uid}`,
      (user) => {
        if (user && user.open_runs.length > 0) return;
        queueMicrotask(() => stop());
        resolve();
      },
      (error) => {
        if (error.retryable) return;
        queueMicrotask(() => stop());
        reject(error);
      },
    );
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}

/**
 * Resolves when nothing of this user is under way: no upload and no message of this page, no question. Rejects with the
 * signal's reason when that is given up.
 */
export async function idle(uid: string, signal: AbortSignal): Promise<void> {
  do {
    await until(() => nothingMoves(uid), signal);
    await noQuestionIsOpen(uid, signal);
  } while (!nothingMoves(uid));
}
