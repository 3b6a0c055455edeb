import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningRequests } from './running-requests.js';

const CALLS_MAX = 4;
const SHARED_MAX = 2 * CALLS_MAX;
const RUNNING_MAX = 6 * CALLS_MAX;
/** So many callers never have so many requests running that nobody else may. */
const CROWD = RUNNING_MAX - SHARED_MAX;

function someRequests() {
  const running = new RunningRequests(CALLS_MAX);
  const requestOf = (caller: string, method = 'POST') =>
    ({ method, headers: { authorization: `Bearer ${caller}` } }) as IncomingMessage;
  const isFullFor = (caller: string, method?: string) => running.isFullFor(requestOf(caller, method));
  /** @returns what ends the request; undefined if it was refused */
  const start = (caller: string, method?: string): (() => void) | undefined => {
    const response = new EventEmitter() as ServerResponse;
    const isStarted = running.start(caller, requestOf(caller, method), response);
    return isStarted ? () => response.emit('close') : undefined;
  };
  const startAll = (caller: string) => {
    const ends: (() => void)[] = [];
    for (let end = start(caller); end; end = start(caller)) ends.push(end);
    return ends;
  };
  return { running, requestOf, isFullFor, start, startAll };
}

describe('RunningRequests', () => {
  it('one caller has half of them, and the next one half of the rest', () => {
    const { isFullFor, startAll } = someRequests();
    expect(startAll('a')).toHaveLength(SHARED_MAX / 2);
    expect([isFullFor('a'), isFullFor('b')]).toEqual([true, false]);
    expect(startAll('b')).toHaveLength(SHARED_MAX / 4);
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

  it('a credential is forgotten once nothing runs with it, although others of its caller run', () => {
    const { running, requestOf, startAll, isFullFor } = someRequests();
    const response = new EventEmitter() as ServerResponse;
    running.start('a', requestOf('first'), response);
    startAll('a');
    expect([isFullFor('first'), isFullFor('a')]).toEqual([true, true]);
    response.emit('close');
    startAll('a');
    expect([isFullFor('first'), isFullFor('a')]).toEqual([false, true]);
  });

  it('a request whose caller has gone does not count', () => {
    const { running, requestOf, startAll } = someRequests();
    running.start('a', requestOf('a'), { destroyed: true } as ServerResponse);
    expect(startAll('a')).toHaveLength(SHARED_MAX / 2);
  });

  it('a caller with nothing running may start a request, whatever 16 others do', () => {
    fc.assert(
      fc.property(fc.array(aStep(CROWD), { maxLength: 200 }), (steps) => {
        const { isFullFor, start } = someRequests();
        play(steps, start);
        expect(isFullFor('newcomer')).toBe(false);
        expect(start('newcomer')).toBeDefined();
      }),
    );
  });

  it('a request without a credential is not refused, whatever others do', () => {
    const { running, startAll } = someRequests();
    for (let i = 0; i <= RUNNING_MAX; i += 1) startAll(`caller-${i}`);
    expect(running.isFullFor({ method: 'POST', headers: {} })).toBe(false);
  });

  it('a crowd does not have more running than memory allows, and nobody is refused before who has more', () => {
    fc.assert(
      fc.property(fc.array(aStep(2 * RUNNING_MAX), { maxLength: 200 }), (steps) => {
        const { isFullFor, start } = someRequests();
        const endsOf = play(steps, start);
        const counts = [...endsOf].map(([caller, ends]) => ({ caller, count: ends.length }));
        expect(counts.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(RUNNING_MAX);
        counts.sort((a, b) => a.count - b.count);
        const areFull = counts.map(({ caller }) => isFullFor(caller));
        expect(areFull).toEqual(areFull.toSorted((a, b) => Number(a) - Number(b)));
        [...endsOf.values()].flat().forEach((end) => end());
        expect(isFullFor('caller-0')).toBe(false);
      }),
    );
  });
});

interface Step {
  caller: number;
  /** How many it starts, or ends if negative. */
  count: number;
}

function aStep(callers: number) {
  return fc.record<Step>({
    caller: fc.nat({ max: callers - 1 }),
    count: fc.integer({ min: -SHARED_MAX, max: SHARED_MAX }),
  });
}

/** @returns what ends the requests that run, by caller */
function play(steps: readonly Step[], start: (caller: string) => (() => void) | undefined) {
  const endsOf = new Map<string, (() => void)[]>();
  for (const { caller: number, count } of steps) {
    const caller = `caller-${number}`;
    const ends = endsOf.get(caller) ?? [];
    endsOf.set(caller, ends);
    for (const end of count < 0 ? ends.splice(count) : []) end();
    for (let i = 0; i < count; i += 1) {
      const end = start(caller);
      if (end) ends.push(end);
    }
  }
  return endsOf;
}
