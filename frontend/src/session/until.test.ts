import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { until } from './until';

describe('until', () => {
  it('resolves at once when the value is there', async () => {
    expect(await until(() => 'here')).toBe('here');
  });

  it('resolves with the first value that is not null, and reads no more after it', async () => {
    const value = signal<number | null>(null);
    let reads = 0;
    const first = until(() => {
      reads += 1;
      return value.value;
    });
    value.value = 1;
    expect(await first).toBe(1);
    const before = reads;
    value.value = 2;
    expect(reads).toBe(before);
  });

  it('waiting can be given up', async () => {
    const given = new AbortController();
    const waiting = until(() => null, given.signal);
    given.abort();
    await expect(waiting).rejects.toBe(given.signal.reason);
  });
});
