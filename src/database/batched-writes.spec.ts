import { describe, expect, it } from 'vitest';
import { BatchedWrites } from './batched-writes.js';

const UNAVAILABLE = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

/** Writes of which the first one waits for `release`; those with a bad item fail. */
function open(bad: readonly string[] = [], error = new Error('bad')) {
  const written: (readonly string[])[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const writes = new BatchedWrites<string>(async (items) => {
    await released;
    written.push(items);
    if (items.some((item) => bad.includes(item))) throw error;
  });
  return { writes, written, release };
}

describe('batched writes', () => {
  it('writes together what arrives during a write', async () => {
    const { writes, written, release } = open();
    const added = ['a', 'b', 'c'].map((item) => writes.add(item));
    release();
    await Promise.all(added);
    await writes.add('d');
    expect(written).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('writes the others of a batch without the item that fails', async () => {
    const { writes, written, release } = open(['c']);
    const added = ['a', 'b', 'c', 'd'].map((item) => writes.add(item));
    release();
    const results = await Promise.allSettled(added);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([['a'], ['b', 'c', 'd'], ['b'], ['c'], ['d']]);
  });

  it('does not try each item of a batch while the database is unavailable', async () => {
    const { writes, written, release } = open(['b', 'c'], UNAVAILABLE);
    const added = ['a', 'b', 'c'].map((item) => writes.add(item));
    release();
    const results = await Promise.allSettled(added);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(written).toEqual([['a'], ['b', 'c']]);
  });
});
