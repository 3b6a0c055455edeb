import pLimit, { type LimitFunction } from 'p-limit';
import { Problem } from '#core/problem.js';

/**
 * Limits how many calls run at once. Each call has a deadline that starts when it is requested, and so includes
 * waiting for its turn and stripe-node's retries.
 */
export class CallLimiter {
  private readonly limit: LimitFunction;

  constructor(
    callsMax: number,
    private readonly waitingMax: number,
    private readonly deadlineMs: number,
  ) {
    this.limit = pLimit(callsMax);
  }

  /**
   * Runs a call when it is its turn.
   *
   * @throws {Problem} `too-many-requests` if too many calls are waiting, `provider-busy` if the call did not get its
   *   turn before the deadline, `outcome-unknown` if it did but was not answered in time
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= this.waitingMax) throw new Problem('too-many-requests');
    let started = false;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Problem(started ? 'outcome-unknown' : 'provider-busy')),
        this.deadlineMs,
      );
    });
    let abandoned = false;
    const work = this.limit(async () => {
      if (abandoned) throw new Problem('provider-busy');
      started = true;
      return call();
    });
    try {
      return await Promise.race([work, deadline]);
    } finally {
      abandoned = true;
      clearTimeout(timer);
    }
  }
}
