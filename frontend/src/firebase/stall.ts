/** Longer than a first answer takes on a slow phone. */
const PATIENCE_MS = 6_000;
const LONGEST_MS = 60_000;

/** Something was asked for: `heard` when it is answered, `dropped` when nobody waits for it any more. */
export interface Question {
  heard(): void;
  dropped(): void;
}

/**
 * A stream to Firestore can stall without an error, and all listeners and reads of the page share it. When something was
 * asked for and no question is answered for 6 s, restarts the stream; the pauses double up to a minute.
 */
export function stallWatch(reconnect: () => void): () => Question {
  const waiting = new Set<Question>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let patience = PATIENCE_MS;

  const watch = () => {
    clearTimeout(timer);
    timer = waiting.size > 0 ? setTimeout(look, patience) : undefined;
  };
  const look = () => {
    timer = undefined;
    patience = Math.min(patience * 2, LONGEST_MS);
    if (navigator.onLine) reconnect();
    watch();
  };
  return () => {
    const question: Question = {
      heard: () => {
        if (!waiting.delete(question)) return;
        patience = PATIENCE_MS;
        watch();
      },
      dropped: () => {
        if (waiting.delete(question) && waiting.size === 0) watch();
      },
    };
    waiting.add(question);
    if (timer === undefined) watch();
    return question;
  };
}
