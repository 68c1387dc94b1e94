const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** The pause before attempt n (0 is the first repetition): doubles up to 10 s. */
export function pauseMs(attempt: number): number {
  return Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
}
