import type { UserDocument } from '../contract/contract';
import { uploads } from '../data/uploads';
import { loadFirestore } from '../firebase/firestore';
import { until } from './until';

function noUploadMoves(): true | null {
  return uploads.value.some(({ state }) => state === 'reading' || state === 'sending') ? null : true;
}

async function noQuestionIsOpen(uid: string): Promise<void> {
  const store = await loadFirestore();
  await new Promise<void>((resolve, reject) => {
    const stop = store.listenDocument<UserDocument>(
      `users/${uid}`,
      (user) => {
        if (user && user.open_runs.length > 0) return;
        queueMicrotask(() => stop());
        resolve();
      },
      reject,
    );
  });
}

/** Resolves when nothing of this user is under way: no upload of this page, no question. */
export async function idle(uid: string): Promise<void> {
  await until(noUploadMoves);
  await noQuestionIsOpen(uid);
}
