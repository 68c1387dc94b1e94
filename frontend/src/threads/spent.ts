import { type ReadonlySignal, signal } from '@preact/signals';

const shown = signal<{ threadId: string; words: string } | null>(null);

/** What the model calls of the conversation on the screen took, in words. */
export const spent: ReadonlySignal<{ threadId: string; words: string } | null> = shown;

/** Tells what the model calls of a conversation took. */
export function tellSpent(threadId: string, words: string): void {
  shown.value = { threadId, words };
}
