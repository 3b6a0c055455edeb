import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Clock } from '../../src/core/clock.js';
import { Problem } from '../../src/core/problem.js';
import { Backoff } from './backoff.js';
import { Lane } from './lane.js';
import { createStripeClient } from './stripe-client.js';
import { StripeConnection } from './stripe-connection.js';
import { isRateLimited, problemOf } from './stripe-errors.js';

const DEADLINE_MS = 22_000;
/** Reads and money have room of their own, so that neither can take the other's when Stripe hangs. */
const READS_MAX = 100;
const WRITES_MAX = 100;
/** More than this is better told to come again than kept waiting. */
const WAITING_MAX = 1_000;

/** The one way to Stripe: every call of every module goes through here, and fails as a {@link Problem}. */
@Injectable()
export class StripeProvider {
  private readonly client: Stripe;
  private readonly reads = new Lane(READS_MAX, WAITING_MAX, DEADLINE_MS);
  private readonly writes = new Lane(WRITES_MAX, WAITING_MAX, DEADLINE_MS);
  private readonly backoff: Backoff;

  constructor(connection: StripeConnection, clock: Clock) {
    this.client = createStripeClient(connection);
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
    this.backoff.assertOpen();
    try {
      const answer = await lane.run(call);
      this.backoff.reset();
      return assertStripeObject(answer);
    } catch (error) {
      throw error instanceof Problem ? error : this.problemOf(error);
    }
  }

  private problemOf(error: unknown): Problem {
    if (!isRateLimited(error)) return problemOf(error);
    this.backoff.pause();
    return problemOf(error).with({ retryAfterSeconds: this.backoff.leftSeconds() });
  }
}

/** stripe-node takes any JSON without an `error` for a success, an intermediary's 404 page included. */
function assertStripeObject<T extends object>(answer: T): T {
  if (answer && 'object' in answer) return answer;
  throw new Problem('outcome-unknown', {}, new Error('the answer is not an object of Stripe'));
}
