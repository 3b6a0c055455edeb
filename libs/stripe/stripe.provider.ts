import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { Backoff } from './backoff.js';
import { Lane } from './lane.js';
import { createStripeClient } from './stripe-client.js';
import { StripeConnection } from './stripe-connection.js';
import { problemOf } from './stripe-errors.js';

/** Of one call with all that belongs to it: the wait for a place, and what stripe-node tries again. */
const DEADLINE_MS = 22_000;

/** The one way to Stripe: every call of every module goes through here, and fails as a {@link Problem}. */
@Injectable()
export class StripeProvider {
  private readonly client: Stripe;
  private readonly reads: Lane;
  private readonly writes: Lane;
  private readonly backoff: Backoff;

  constructor(connection: StripeConnection, clock: Clock) {
    const { readsMax, writesMax, waitingMax } = connection.limits;
    this.client = createStripeClient(connection);
    this.reads = new Lane(readsMax, waitingMax, DEADLINE_MS);
    this.writes = new Lane(writesMax, waitingMax, DEADLINE_MS);
    this.backoff = new Backoff(clock);
  }

  /**
   * Asks Stripe something that changes nothing there.
   *
   * @throws {Problem} as `problemOf` names it
   */
  read<T extends object>(ask: (stripe: Stripe) => Promise<T>): Promise<T> {
    return this.call(this.reads, () => ask(this.client));
  }

  /**
   * Has Stripe change something, under an idempotency key, so that a repetition changes nothing more.
   * https://docs.stripe.com/api/idempotent_requests
   *
   * @throws {Problem} as `problemOf` names it
   */
  write<T extends object>(
    idempotencyKey: string,
    change: (stripe: Stripe, options: Stripe.RequestOptions) => Promise<T>,
  ): Promise<T> {
    return this.call(this.writes, () => change(this.client, { idempotencyKey }));
  }

  private async call<T extends object>(lane: Lane, call: () => Promise<T>): Promise<T> {
    try {
      return assertStripeObject(await lane.run(() => this.backoff.run(call)));
    } catch (error) {
      throw error instanceof Problem ? error : problemOf(error);
    }
  }
}

/** stripe-node takes any JSON without an `error` for a success, an intermediary's 404 page included. */
function assertStripeObject<T extends object>(answer: T): T {
  if (answer && 'object' in answer) return answer;
  throw new Problem('outcome-unknown', {}, new Error('the answer is not an object of Stripe'));
}
