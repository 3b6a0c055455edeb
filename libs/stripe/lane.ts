import pLimit, { type LimitFunction } from 'p-limit';
import { Problem } from '#core/problem.js';

/**
 * Room for a number of calls at once, each within a deadline that counts from when it was asked for:
 * retries of stripe-node and the wait for a place are in it.
 */
export class Lane {
  private readonly limit: LimitFunction;

  constructor(
    callsMax: number,
    private readonly waitingMax: number,
    private readonly deadlineMs: number,
  ) {
    this.limit = pLimit(callsMax);
  }

  /**
   * @throws {Problem} `too-many-requests` where too many wait already, `provider-busy` where no place came free in
   *   time, `outcome-unknown` where no answer did
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
    let given = false;
    const work = this.limit(async () => {
      if (given) throw new Problem('provider-busy');
      started = true;
      return call();
    });
    try {
      return await Promise.race([work, deadline]);
    } finally {
      given = true;
      clearTimeout(timer);
    }
  }
}
