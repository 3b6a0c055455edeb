import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { Problem } from '../../src/core/problem.js';
import { createStripeClient } from './stripe-client.js';
import { StripeConnection } from './stripe-connection.js';
import { problemOf } from './stripe-errors.js';

/** The longest that one call may take, retries included. */
const TOTAL_DEADLINE_MS = 20_000;

/** The one way to Stripe: every call of every module goes through here, and fails as a {@link Problem}. */
@Injectable()
export class StripeProvider {
  private readonly client: Stripe;

  constructor(connection: StripeConnection) {
    this.client = createStripeClient(connection);
  }

  /**
   * Asks Stripe something that changes nothing there.
   *
   * @throws {Problem} as `problemOf` names it
   */
  read<T extends object>(ask: (stripe: Stripe) => Promise<T>): Promise<T> {
    return this.bounded(ask(this.client));
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
    return this.bounded(change(this.client, { idempotencyKey }));
  }

  private async bounded<T extends object>(call: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Problem('outcome-unknown')), TOTAL_DEADLINE_MS);
    });
    try {
      return assertStripeObject(await Promise.race([call, deadline]));
    } catch (error) {
      throw error instanceof Problem ? error : problemOf(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** stripe-node takes any JSON without an `error` for a success, an intermediary's 404 page included. */
function assertStripeObject<T extends object>(answer: T): T {
  if (answer && 'object' in answer) return answer;
  throw new Problem('outcome-unknown', {}, new Error('the answer is not an object of Stripe'));
}
