import { Problem } from '#core/problem.js';
import { type CallLimits, FairQueue, type Place } from './fair-queue.js';

/**
 * Limits how many calls run at once, and shares the places fairly among callers. Each call has a deadline that starts
 * when it is requested, and so includes waiting for its turn and stripe-node's retries.
 */
export class CallLimiter {
  private readonly queue: FairQueue;

  constructor(
    limits: CallLimits,
    private readonly deadlineMs: number,
  ) {
    this.queue = new FairQueue(limits);
  }

  /**
   * Runs a call when it is its turn.
   *
   * @param caller shares the places with the other callers
   * @throws {Problem} `too-many-requests` if too many calls are waiting, `provider-busy` if the call did not get its
   *   turn before the deadline, `outcome-unknown` if it did but was not answered in time
   */
  async run<T>(caller: string, call: () => Promise<T>): Promise<T> {
    const place = this.queue.enter(caller);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Problem(place.state === 'running' ? 'outcome-unknown' : 'provider-busy')),
        this.deadlineMs,
      );
    });
    try {
      return await Promise.race([this.callInTurn(place, call), deadline]);
    } finally {
      clearTimeout(timer);
      if (place.state === 'waiting') this.queue.leave(place);
    }
  }

  private async callInTurn<T>(place: Place, call: () => Promise<T>): Promise<T> {
    await place.turn;
    try {
      return await call();
    } finally {
      this.queue.leave(place);
    }
  }
}
