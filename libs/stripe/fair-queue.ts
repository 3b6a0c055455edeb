import { Problem } from '#core/problem.js';

/** How many calls may run at once, and how many more may wait. */
export interface CallLimits {
  placesMax: number;
  /** Places that one caller may hold. The others stay free, so that another caller need not wait for a call to end. */
  callerPlacesMax: number;
  waitingMax: number;
}

interface CallerCalls {
  running: number;
  waiting: Place[];
}

/** The place of one call in a {@link FairQueue}. */
export class Place {
  state: 'waiting' | 'running' | 'left' = 'waiting';
  /** Settles when the call may run. @throws {Problem} `too-many-requests` if it has to make room for other callers */
  readonly turn: Promise<void>;
  start!: () => void;
  refuse!: () => void;

  constructor(readonly caller: string) {
    this.turn = new Promise((resolve, reject) => {
      this.start = resolve;
      this.refuse = () => reject(new Problem('too-many-requests'));
    });
  }
}

/**
 * Shares places among callers. A free place goes to the waiting caller that holds the fewest, and callers that hold
 * equally many take turns. If too many calls wait, the newest call of the caller with the most waiting is refused.
 */
export class FairQueue {
  /** All callers with calls. The one whose call ended last comes last. */
  private readonly callers = new Map<string, CallerCalls>();
  private running = 0;
  private waiting = 0;

  constructor(private readonly limits: CallLimits) {}

  /** Enters a call. It may run once its `turn` has come, and must then {@link leave}. */
  enter(caller: string): Place {
    const place = new Place(caller);
    this.callsOf(caller).waiting.push(place);
    this.waiting += 1;
    this.givePlaces();
    if (this.waiting > this.limits.waitingMax) this.refuseOne();
    return place;
  }

  /** Ends a call, or gives up waiting. */
  leave(place: Place): void {
    const calls = this.callsOf(place.caller);
    if (place.state === 'running') {
      calls.running -= 1;
      this.running -= 1;
      this.callers.delete(place.caller);
      this.callers.set(place.caller, calls);
    } else if (place.state === 'waiting') {
      calls.waiting.splice(calls.waiting.indexOf(place), 1);
      this.waiting -= 1;
    }
    place.state = 'left';
    if (calls.running === 0 && calls.waiting.length === 0) this.callers.delete(place.caller);
    this.givePlaces();
  }

  private givePlaces(): void {
    while (this.waiting > 0 && this.running < this.limits.placesMax) {
      const caller = this.nextCaller();
      if (caller === undefined) return;
      const calls = this.callsOf(caller);
      const place = calls.waiting.shift()!;
      calls.running += 1;
      this.running += 1;
      this.waiting -= 1;
      place.state = 'running';
      place.start();
    }
  }

  private nextCaller(): string | undefined {
    let next: string | undefined;
    let fewest = this.limits.callerPlacesMax;
    for (const [caller, { running, waiting }] of this.callers) {
      if (waiting.length === 0 || running >= fewest) continue;
      next = caller;
      fewest = running;
    }
    return next;
  }

  private refuseOne(): void {
    const queues = [...this.callers.values()].map(({ waiting }) => waiting);
    const longest = queues.reduce((a, b) => (b.length > a.length ? b : a));
    const newest = longest.at(-1)!;
    this.leave(newest);
    newest.refuse();
  }

  private callsOf(caller: string): CallerCalls {
    const calls = this.callers.get(caller) ?? { running: 0, waiting: [] };
    this.callers.set(caller, calls);
    return calls;
  }
}
