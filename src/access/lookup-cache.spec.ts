import { beforeEach, describe, expect, it } from 'vitest';
import { LookupCache } from './lookup-cache.js';

describe('LookupCache', () => {
  let nowMs: number;
  let lookups: string[];
  let answer: (key: string) => Promise<string | undefined>;
  let cache: LookupCache<string>;

  beforeEach(() => {
    nowMs = 5_000;
    lookups = [];
    answer = async (key) => (key.startsWith('good') ? `holder of ${key}` : undefined);
    cache = new LookupCache(
      (key) => {
        lookups.push(key);
        return answer(key);
      },
      () => nowMs,
    );
  });

  it.each(['good', 'wrong'])('looks a %s key up once in a second, however many ask at once', async (key) => {
    const first = await Promise.all(Array.from({ length: 100 }, () => cache.get(key)));
    nowMs += 999;
    expect(await cache.get(key)).toBe(first[0]);
    expect(lookups).toEqual([key]);
    nowMs += 1;
    await cache.get(key);
    expect(lookups).toEqual([key, key]);
  });

  it('looks a key up again after the clock was set back', async () => {
    await cache.get('good');
    nowMs -= 1;
    await cache.get('good');
    expect(lookups).toHaveLength(2);
  });

  it('looks a dropped key up again, and all after it was cleared', async () => {
    await cache.get('good');
    cache.drop('good');
    await cache.get('good');
    expect(lookups).toHaveLength(2);
    cache.clear();
    await cache.get('good');
    expect(lookups).toHaveLength(3);
  });

  it('does not keep the result of a lookup during which its key was dropped', async () => {
    const old = cache.get('good');
    cache.drop('good');
    await old;
    await cache.get('good');
    expect(lookups).toHaveLength(2);
  });

  it('passes a failure on, and does not remember it', async () => {
    const failure = new Error('no connection');
    answer = async () => Promise.reject(failure);
    await expect(Promise.all([cache.get('good'), cache.get('good')])).rejects.toBe(failure);
    answer = async () => 'holder';
    expect(await cache.get('good')).toBe('holder');
    expect(lookups).toHaveLength(2);
  });

  it('keeps 10,000 good keys, however many wrong ones there are', async () => {
    for (let index = 0; index < 10_000; index++) await cache.get(`good ${index}`);
    for (let index = 0; index < 20_000; index++) await cache.get(`wrong ${index}`);
    await cache.get('good 0');
    await cache.get('wrong 19999');
    expect(lookups).toHaveLength(30_000);
    await cache.get('wrong 0');
    expect(lookups).toHaveLength(30_001);
    await cache.get('good 10000');
    await cache.get('good 0');
    expect(lookups).toHaveLength(30_003);
  });
});
