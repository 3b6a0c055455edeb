import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningRequests } from './running-requests.js';

const CALLS_MAX = 4;
const RUNNING_MAX = 2 * CALLS_MAX;

function someRequests() {
  const running = new RunningRequests(CALLS_MAX);
  const requestOf = (caller: string, method = 'POST') =>
    ({ method, headers: { authorization: `Bearer ${caller}` } }) as IncomingMessage;
  const isFullFor = (caller: string, method?: string) => running.isFullFor(requestOf(caller, method));
  /** @returns what ends the request; undefined if it was refused */
  const start = (caller: string, method?: string): (() => void) | undefined => {
    const response = new EventEmitter() as ServerResponse;
    try {
      running.start(caller, requestOf(caller, method), response);
    } catch {
      return undefined;
    }
    return () => response.emit('close');
  };
  const startAll = (caller: string) => {
    const ends: (() => void)[] = [];
    for (let end = start(caller); end; end = start(caller)) ends.push(end);
    return ends;
  };
  return { running, requestOf, isFullFor, start, startAll };
}

describe('RunningRequests', () => {
  it('one caller has half of them, and a newcomer half of the rest', () => {
    const { isFullFor, startAll } = someRequests();
    expect(startAll('a')).toHaveLength(RUNNING_MAX / 2);
    expect([isFullFor('a'), isFullFor('b')]).toEqual([true, false]);
    expect(startAll('b')).toHaveLength(RUNNING_MAX / 4);
  });

  it('reads run beside writes', () => {
    const { isFullFor, startAll } = someRequests();
    startAll('a');
    expect([isFullFor('a', 'GET'), isFullFor('a', 'DELETE')]).toEqual([false, true]);
  });

  it('two credentials of a caller are one caller', () => {
    const { running, requestOf, startAll, isFullFor } = someRequests();
    const ends = startAll('a');
    ends.pop()?.();
    running.start('a', requestOf('second'), new EventEmitter() as ServerResponse);
    expect([isFullFor('a'), isFullFor('second')]).toEqual([true, true]);
  });

  it('a request counts once, before it is authenticated if its credential is known', () => {
    const { running, requestOf, startAll, isFullFor } = someRequests();
    startAll('a')
      .slice(2)
      .forEach((end) => end());
    for (const [started, isFull] of [
      [1, false],
      [2, true],
    ] as const) {
      const [request, response] = [requestOf('a'), new EventEmitter() as ServerResponse];
      running.startKnown(request, response);
      running.start('a', request, response);
      expect([started, isFullFor('a')]).toEqual([started, isFull]);
    }
  });

  it('a request whose caller has gone does not count', () => {
    const { running, requestOf, startAll } = someRequests();
    running.start('a', requestOf('a'), { destroyed: true } as ServerResponse);
    expect(startAll('a')).toHaveLength(RUNNING_MAX / 2);
  });

  it('never are there more than the limit, and a caller with fewer than another is not refused before it', () => {
    const step = fc.record({ caller: fc.constantFrom('a', 'b', 'c', 'd'), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { start, isFullFor } = someRequests();
        const endsOf: Record<string, (() => void)[]> = { a: [], b: [], c: [], d: [] };
        for (const { caller, ends } of steps) {
          if (ends) endsOf[caller]!.pop()?.();
          else {
            const end = start(caller);
            if (end) endsOf[caller]!.push(end);
          }
          const counts = Object.entries(endsOf).map(([name, { length }]) => ({ name, length }));
          const total = counts.reduce((sum, { length }) => sum + length, 0);
          expect(total).toBeLessThanOrEqual(RUNNING_MAX);
          for (const { name, length } of counts) expect(isFullFor(name)).toBe(length >= RUNNING_MAX - total);
        }
        Object.values(endsOf)
          .flat()
          .forEach((end) => end());
        expect(isFullFor('a')).toBe(false);
      }),
    );
  });
});
