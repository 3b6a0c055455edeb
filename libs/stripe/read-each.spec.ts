import { describe, expect, it } from 'vitest';
import { readEach } from './read-each.js';

/** Reads that end when the test says so. */
function openReads() {
  const ends = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>();
  return {
    ends,
    started: () => [...ends.keys()],
    read: (item: number) =>
      new Promise<string>((resolve, reject) => {
        ends.set(item, { resolve, reject });
      }),
  };
}

const ITEMS = [0, 1, 2, 3, 4, 5];

describe('readEach', () => {
  it('reads four at a time and keeps the order', async () => {
    const { ends, started, read } = openReads();
    const results = readEach(ITEMS, read);
    await expect.poll(started).toEqual([0, 1, 2, 3]);
    ends.get(2)?.resolve('2');
    await expect.poll(started).toEqual([0, 1, 2, 3, 4]);
    ends.get(3)?.resolve('3');
    await expect.poll(started).toEqual(ITEMS);
    for (const item of [5, 4, 1, 0]) ends.get(item)?.resolve(String(item));
    expect(await results).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('starts no further read after a failure', async () => {
    const { ends, started, read } = openReads();
    const results = readEach(ITEMS, read);
    await expect.poll(started).toEqual([0, 1, 2, 3]);
    ends.get(1)?.reject(new Error('refused'));
    await expect(results).rejects.toThrow('refused');
    ends.get(0)?.resolve('0');
    await Promise.resolve();
    expect(started()).toEqual([0, 1, 2, 3]);
  });
});
