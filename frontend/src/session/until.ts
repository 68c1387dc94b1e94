import { effect } from '@preact/signals';

/** Resolves with the first value that is not null, now or later; `read` reads signals. Rejects when `signal` aborts. */
export function until<Value>(read: () => Value | null, signal?: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const now = read();
    if (now !== null) {
      resolve(now);
      return;
    }
    const stop = effect(() => {
      const value = read();
      if (value === null) return;
      resolve(value);
      queueMicrotask(() => stop());
    });
    signal?.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}
