import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BatchOptions, Batches } from './batches.js';

const REFUSED = Object.assign(new Error('bad'), { code: '22P02' });
const DEADLOCK = Object.assign(new Error('deadlock'), { code: '40P01' });
const UNAVAILABLE = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

/** Batches whose statements wait for `release`; those with a bad item fail. */
function open({
  bad = [],
  error = REFUSED,
  errorAlone = error,
  ...options
}: { bad?: readonly string[]; error?: Error; errorAlone?: Error } & BatchOptions<string> = {}) {
  const started: (readonly string[])[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const batches = new Batches<string, string>(async (items) => {
    started.push(items);
    await released;
    if (items.some((item) => bad.includes(item))) throw items.length === 1 ? errorAlone : error;
    return items.map((item) => item.toUpperCase());
  }, options);
  return { batches, started, release };
}

/** Adds each group of items in a turn of the event loop of its own. */
async function addInTurns(batches: Batches<string, string>, ...turns: readonly string[][]) {
  const added: Promise<string>[] = [];
  for (const items of turns) {
    added.push(...items.map((item) => batches.add(item)));
    await nextTurn();
  }
  return added;
}

describe('batches', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('handle together what arrives in one turn of the event loop', async () => {
    const { batches, started, release } = open({ runningMax: 2 });
    release();
    expect(await Promise.all(await addInTurns(batches, ['a', 'b'], ['c']))).toEqual(['A', 'B', 'C']);
    expect(started).toEqual([['a', 'b'], ['c']]);
  });

  it('handle together what arrives during a statement', async () => {
    const { batches, started, release } = open();
    const added = await addInTurns(batches, ['a'], ['b'], ['c']);
    release();
    expect(await Promise.all(added)).toEqual(['A', 'B', 'C']);
    expect(await batches.add('d')).toBe('D');
    expect(started).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('run as many statements at the same time as they may', async () => {
    const { batches, started, release } = open({ runningMax: 2 });
    const added = await addInTurns(batches, ['a'], ['b'], ['c'], ['d']);
    expect(started).toEqual([['a'], ['b']]);
    release();
    expect(await Promise.all(added)).toEqual(['A', 'B', 'C', 'D']);
    expect(started).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('run beside another one only with as many items', async () => {
    const { batches, started, release } = open({ runningMax: 2 });
    const added = await addInTurns(batches, ['a', 'b'], ['c'], ['d'], ['e']);
    expect(started).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    release();
    expect(await Promise.all(added)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(started).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('run beside another one only with as many items of different keys', async () => {
    const { batches, started, release } = open({ runningMax: 2, keyOf: (item) => item.slice(0, 1) });
    const added = await addInTurns(batches, ['a', 'b'], ['c1'], ['c2'], ['c3', 'd']);
    expect(started).toEqual([
      ['a', 'b'],
      ['c1', 'd'],
    ]);
    release();
    await Promise.all(added);
    expect(started.slice(2)).toEqual([['c2'], ['c3']]);
  });

  it('run beside a slow one', async () => {
    const { batches, started, release } = open({ runningMax: 2 });
    const added = await addInTurns(batches, ['a', 'b'], ['c']);
    expect(started).toEqual([['a', 'b']]);
    vi.advanceTimersByTime(100);
    await nextTurn();
    expect(started).toEqual([['a', 'b'], ['c']]);
    release();
    expect(await Promise.all(added)).toEqual(['A', 'B', 'C']);
  });

  it('have no two items with the same key in a statement', async () => {
    const { batches, started, release } = open({ keyOf: (item) => item.slice(0, 1) });
    const added = await addInTurns(batches, ['a'], ['b1', 'c1', 'b2', 'b3', 'c2']);
    release();
    expect(await Promise.all(added)).toEqual(['A', 'B1', 'C1', 'B2', 'B3', 'C2']);
    expect(started).toEqual([['a'], ['b1', 'c1'], ['b2', 'c2'], ['b3']]);
  });

  it.each([
    ['is refused', REFUSED],
    ['is chosen in a deadlock', DEADLOCK],
  ])('handle the others without an item that %s', async (_, error) => {
    const { batches, started, release } = open({ bad: ['c'], error });
    const added = await addInTurns(batches, ['a'], ['b', 'c', 'd']);
    release();
    const results = await Promise.allSettled(added);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(started).toEqual([['a'], ['b', 'c', 'd'], ['b'], ['c'], ['d']]);
  });

  it('fail only an item whose row cannot be made', async () => {
    const prepare = (item: string) => {
      if (item === 'c') throw new RangeError('no row');
      return `${item}-row`;
    };
    const { batches, started, release } = open({ prepare });
    const added = await addInTurns(batches, ['a'], ['b', 'c', 'd'], ['e']);
    release();
    const results = await Promise.allSettled(added);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason))).toEqual([
      'A-ROW',
      'B-ROW',
      new RangeError('no row'),
      'D-ROW',
      'E-ROW',
    ]);
    expect(started).toEqual([['a-row'], ['b-row', 'd-row', 'e-row']]);
  });

  it('go on after a batch without a row', async () => {
    const prepare = (item: string) => {
      if (item === 'a') throw new RangeError('no row');
      return item;
    };
    const { batches, release } = open({ prepare });
    release();
    await expect(batches.add('a')).rejects.toThrow('no row');
    expect(await batches.add('b')).toBe('B');
  });

  it('do not try each item while the database is unavailable', async () => {
    const { batches, started, release } = open({ bad: ['b', 'c'], error: UNAVAILABLE });
    const added = await addInTurns(batches, ['a'], ['b', 'c']);
    release();
    const results = await Promise.allSettled(added);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(started).toEqual([['a'], ['b', 'c']]);
  });

  it('do not try the other items if the database becomes unavailable in between', async () => {
    const { batches, started, release } = open({ bad: ['c'], errorAlone: UNAVAILABLE });
    const added = await addInTurns(batches, ['a'], ['b', 'c', 'd']);
    release();
    const results = await Promise.allSettled(added);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(started).toEqual([['a'], ['b', 'c', 'd'], ['b'], ['c']]);
  });
});
