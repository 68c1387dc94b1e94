import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stallWatch } from './stall';

describe('a stream to Firestore', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  function watched() {
    const reconnections: number[] = [];
    const startedAt = Date.now();
    const asked = stallWatch(() => reconnections.push((Date.now() - startedAt) / 1000));
    return { asked, reconnections };
  }

  it('that says nothing for 6 s is restarted, then in pauses that double up to a minute', () => {
    const { asked, reconnections } = watched();
    asked();
    vi.advanceTimersByTime(200_000);
    expect(reconnections).toEqual([6, 18, 42, 90, 150]);
  });

  it('that answers is left alone', () => {
    const { asked, reconnections } = watched();
    const question = asked();
    vi.advanceTimersByTime(5_999);
    question.heard();
    vi.advanceTimersByTime(100_000);
    expect(reconnections).toEqual([]);
  });

  it('of which nobody waits for anything is left alone', () => {
    const { asked, reconnections } = watched();
    asked().dropped();
    vi.advanceTimersByTime(100_000);
    expect(reconnections).toEqual([]);
  });

  it('that answers one question and owes another has 6 s more', () => {
    const { asked, reconnections } = watched();
    const [first, second] = [asked(), asked()];
    vi.advanceTimersByTime(5_000);
    first.heard();
    vi.advanceTimersByTime(5_999);
    expect(reconnections).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reconnections).toEqual([11]);
    second.heard();
  });

  it('is not restarted while the device is offline', () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    const { asked, reconnections } = watched();
    asked();
    vi.advanceTimersByTime(100_000);
    expect(reconnections).toEqual([]);
  });
});
