import type { UserDocument } from '../contract/contract';
import { listenDocument } from '../firebase/listen';
import { isBusy } from './departure';
import { until } from './until';

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
    await until(() => !isBusy(uid) || null, signal);
    await noQuestionIsOpen(uid, signal);
  } while (isBusy(uid));
}
