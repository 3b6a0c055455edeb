import { describe, expect, it } from 'vitest';
import { readKey, SharedReads } from './shared-reads.js';

/** A read that ends when the test says so. */
function readOf(results: unknown[]) {
  const ends: (() => void)[] = [];
  const read = async () => {
    const index = ends.length;
    await new Promise<void>((resolve) => ends.push(resolve));
    const result = results[index];
    if (result instanceof Error) throw result;
    return result;
  };
  return { read, ends };
}

describe('reads with equal keys', () => {
  it('are one call while it runs, and another one afterwards', async () => {
    const shared = new SharedReads();
    const { read, ends } = readOf(['old', 'new']);
    const both = [shared.run('a', read), shared.run('a', read)];
    expect(ends).toHaveLength(1);
    ends[0]!();
    expect(await Promise.all(both)).toEqual(['old', 'old']);
    const later = shared.run('a', read);
    expect(ends).toHaveLength(2);
    ends[1]!();
    expect(await later).toBe('new');
  });

  it('fail together, and the next one reads again', async () => {
    const shared = new SharedReads();
    const { read, ends } = readOf([new Error('lost'), 'found']);
    const both = [shared.run('a', read), shared.run('a', read)];
    ends[0]!();
    expect(await Promise.allSettled(both)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    const next = shared.run('a', read);
    ends[1]!();
    expect(await next).toBe('found');
  });

  it('do not join one that began before a change', async () => {
    const shared = new SharedReads();
    const { read, ends } = readOf(['before', 'after']);
    const first = shared.run('a', read);
    shared.forget();
    const second = shared.run('a', read);
    ends[0]!();
    expect(await first).toBe('before');
    // The end of the first one does not end the sharing of the second.
    const third = shared.run('a', read);
    expect(ends).toHaveLength(2);
    ends[1]!();
    expect(await Promise.all([second, third])).toEqual(['after', 'after']);
  });
});

it('has a key of its own for each object and all parameters', () => {
  const keys = [
    readKey('a', 'b'),
    readKey('a', 'b', {}),
    readKey('a', 'c'),
    readKey('ab'),
    readKey('a', 'b', { limit: 1 }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
