import { effect } from '@preact/signals';

/** Resolves with the first value that is not null, now or later; `read` reads signals. */
export function until<Value>(read: () => Value | null): Promise<Value> {
  return new Promise((resolve) => {
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
  });
}
