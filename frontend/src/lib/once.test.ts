import { describe, expect, it } from 'vitest';
import { once } from './once';
import { pauseMs } from './pause';

describe('once', () => {
  it('loads one time for callers at the same time and later', async () => {
    let loads = 0;
    const load = once(async () => ++loads);
    expect(await Promise.all([load(), load()])).toEqual([1, 1]);
    expect(await load()).toBe(1);
  });

  it('loads again after a failure', async () => {
    let loads = 0;
    const load = once(async () => {
      loads += 1;
      if (loads === 1) throw new Error('no network');
      return loads;
    });
    await expect(load()).rejects.toThrow('no network');
    expect(await load()).toBe(2);
  });
});

describe('the pause of a listener', () => {
  it('grows from a quarter of a second to ten seconds and stays there', () => {
    expect([0, 1, 2, 5, 6, 2000].map(pauseMs)).toEqual([250, 500, 1000, 8000, 10_000, 10_000]);
  });
});
