import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallLimits, FairQueue, type Place } from './fair-queue.js';

/** A queue whose calls are named after their callers: `a1` and `a2` are the first calls of `a`. */
function openQueue(limits: Partial<CallLimits>) {
  const queue = new FairQueue({ placesMax: 2, callerPlacesMax: 2, waitingMax: 10, ...limits });
  const places = new Map<string, Place>();
  const inState = (state: Place['state']) =>
    [...places].filter(([, place]) => place.state === state).map(([name]) => name);
  return {
    enter: (...names: string[]) => {
      for (const name of names) {
        const place = queue.enter(name.slice(0, 1));
        place.turn.catch(() => undefined);
        places.set(name, place);
      }
    },
    leave: (name: string) => queue.leave(places.get(name)!),
    running: () => inState('running'),
    waiting: () => inState('waiting'),
    turn: (name: string) => places.get(name)!.turn,
  };
}

describe('FairQueue', () => {
  it('runs the calls of one caller in their order', () => {
    const { enter, leave, running } = openQueue({ placesMax: 1 });
    enter('a1', 'a2', 'a3');
    expect(running()).toEqual(['a1']);
    leave('a1');
    expect(running()).toEqual(['a2']);
  });

  it('gives a free place to a newcomer before the calls of a caller that already holds one', () => {
    const { enter, leave, running } = openQueue({});
    enter('a1', 'a2', 'a3', 'a4', 'b1');
    leave('a1');
    expect(running()).toEqual(['a2', 'b1']);
  });

  it('lets callers that hold equally many take turns', () => {
    const { enter, leave, running } = openQueue({ placesMax: 1 });
    enter('a1', 'a2', 'b1', 'b2', 'c1');
    const order: string[] = [];
    for (let [next] = running(); next; [next] = running()) {
      order.push(next);
      leave(next);
    }
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2']);
  });

  it('keeps places free that one caller may not hold', () => {
    const { enter, running, waiting } = openQueue({ placesMax: 3, callerPlacesMax: 2 });
    enter('a1', 'a2', 'a3');
    expect(running()).toEqual(['a1', 'a2']);
    enter('b1');
    expect(running()).toEqual(['a1', 'a2', 'b1']);
    expect(waiting()).toEqual(['a3']);
  });

  it('skips a call that gave up waiting', () => {
    const { enter, leave, running } = openQueue({ placesMax: 1 });
    enter('a1', 'a2', 'a3');
    leave('a2');
    leave('a1');
    expect(running()).toEqual(['a3']);
  });

  it('refuses the newest call of the caller with the most waiting, not that of another', async () => {
    const { enter, waiting, turn } = openQueue({ placesMax: 1, waitingMax: 3 });
    enter('a1', 'a2', 'a3', 'a4', 'b1');
    await expect(turn('a4')).rejects.toMatchObject({ slug: 'too-many-requests' });
    expect(waiting()).toEqual(['a2', 'a3', 'b1']);
  });
});

interface Call {
  caller: string;
  place: Place;
}
type Step = { enter: string } | { leave: number };

const CALLERS = ['a', 'b', 'c', 'd'];
const steps = fc.array(
  fc.oneof(
    fc.record({ enter: fc.constantFrom('a', 'a', 'a', ...CALLERS) }),
    fc.record({ leave: fc.nat({ max: 50 }) }),
  ),
  { maxLength: 80 },
);
const limitsOf = fc.record({
  placesMax: fc.integer({ min: 1, max: 6 }),
  callerPlacesMax: fc.integer({ min: 1, max: 6 }),
  waitingMax: fc.integer({ min: 1, max: 12 }),
});

/** Runs the steps on a queue, and shows `check` the calls before and after each. */
function play(
  limits: CallLimits,
  list: readonly Step[],
  check: (calls: readonly Call[], started: readonly Call[], refused: readonly Call[]) => void,
) {
  const queue = new FairQueue(limits);
  const calls: Call[] = [];
  for (const step of list) {
    const wasWaiting = calls.filter(({ place }) => place.state === 'waiting');
    let left: Place | undefined;
    if ('enter' in step) {
      const place = queue.enter(step.enter);
      place.turn.catch(() => undefined);
      calls.push({ caller: step.enter, place });
      wasWaiting.push(calls.at(-1)!);
    } else {
      const present = calls.filter(({ place }) => place.state !== 'left');
      left = present[step.leave % present.length]?.place;
      if (left) queue.leave(left);
    }
    const started = wasWaiting.filter(({ place }) => place.state === 'running');
    const refused = wasWaiting.filter(({ place }) => place.state === 'left' && place !== left);
    check(calls, started, refused);
  }
  return { queue, calls };
}

const count = (calls: readonly Call[], caller: string, state: Place['state']) =>
  calls.filter((call) => call.caller === caller && call.place.state === state).length;
const total = (calls: readonly Call[], state: Place['state']) =>
  calls.filter(({ place }) => place.state === state).length;

function holds(check: (limits: CallLimits, list: Step[]) => void): void {
  fc.assert(fc.property(limitsOf, steps, check), { numRuns: 500 });
}

describe('laws of FairQueue', () => {
  it('never exceeds its limits', () => {
    holds((limits, list) => {
      play(limits, list, (calls) => {
        expect(total(calls, 'running')).toBeLessThanOrEqual(limits.placesMax);
        expect(total(calls, 'waiting')).toBeLessThanOrEqual(limits.waitingMax);
        for (const caller of CALLERS) {
          expect(count(calls, caller, 'running')).toBeLessThanOrEqual(limits.callerPlacesMax);
        }
      });
    });
  });

  it('leaves no place free while a caller waits that may hold it', () => {
    holds((limits, list) => {
      play(limits, list, (calls) => {
        if (total(calls, 'running') === limits.placesMax) return;
        for (const caller of CALLERS) {
          if (count(calls, caller, 'waiting') === 0) continue;
          expect(count(calls, caller, 'running')).toBe(limits.callerPlacesMax);
        }
      });
    });
  });

  it('never gives a place to a caller while another one waits that holds fewer', () => {
    holds((limits, list) => {
      play(limits, list, (calls, [started]) => {
        if (!started) return;
        const heldBefore = count(calls, started.caller, 'running') - 1;
        for (const other of CALLERS.filter((caller) => caller !== started.caller)) {
          if (count(calls, other, 'waiting') === 0) continue;
          expect(count(calls, other, 'running')).toBeGreaterThanOrEqual(heldBefore);
        }
      });
    });
  });

  it('starts the calls of each caller in their order', () => {
    holds((limits, list) => {
      play(limits, list, (calls, started) => {
        for (const call of started) {
          const earlier = calls.slice(0, calls.indexOf(call)).filter(({ caller }) => caller === call.caller);
          expect(earlier.filter(({ place }) => place.state === 'waiting')).toEqual([]);
        }
      });
    });
  });

  it('refuses only calls of a caller with the most waiting', () => {
    holds((limits, list) => {
      play(limits, list, (calls, _started, [refused]) => {
        if (!refused) return;
        const most = Math.max(...CALLERS.map((caller) => count(calls, caller, 'waiting')));
        expect(count(calls, refused.caller, 'waiting') + 1).toBeGreaterThanOrEqual(most);
      });
    });
  });

  it('starts no caller twice while another one waits that holds nothing', () => {
    holds((limits, list) => {
      const startsSince = new Map<string, string[]>();
      play(limits, list, (calls, started) => {
        for (const { caller } of started) {
          for (const starts of startsSince.values()) starts.push(caller);
        }
        for (const caller of CALLERS) {
          const isIdle = count(calls, caller, 'running') === 0 && count(calls, caller, 'waiting') > 0;
          if (!isIdle) startsSince.delete(caller);
          else if (!startsSince.has(caller)) startsSince.set(caller, []);
        }
        for (const starts of startsSince.values()) expect(new Set(starts).size).toBe(starts.length);
      });
    });
  });

  it('starts every call in the end, unless it gave up or was refused', () => {
    holds((limits, list) => {
      const { queue, calls } = play(limits, list, () => undefined);
      for (let running = calls.find(isRunning); running; running = calls.find(isRunning)) {
        queue.leave(running.place);
      }
      expect(total(calls, 'waiting')).toBe(0);
    });
  });
});

function isRunning({ place }: Call): boolean {
  return place.state === 'running';
}
