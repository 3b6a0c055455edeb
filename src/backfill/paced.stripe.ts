import type Stripe from 'stripe';
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import type { Clock } from '#core/clock.js';
import type { RequestContext } from '#core/request-context.js';
import type { StripeConnection } from '#stripe/stripe-connection.js';
import { StripeProvider } from '#stripe/stripe.provider.js';

/** A fifth of what Stripe allows, in live mode and in test mode: https://docs.stripe.com/rate-limits */
const READS_PER_SECOND = { live: 20, test: 5 };

/** Calls Stripe for work that can wait, at a rate that leaves room for callers. */
export class PacedStripe extends StripeProvider {
  private readonly turns: RateLimiterQueue;

  /** @param readsPerSecond by default a fifth of Stripe's limit */
  constructor(
    connection: StripeConnection,
    clock: Clock,
    readsPerSecond = connection.isLive ? READS_PER_SECOND.live : READS_PER_SECOND.test,
  ) {
    super(connection, clock);
    this.turns = new RateLimiterQueue(new RateLimiterMemory({ points: readsPerSecond, duration: 1 }));
  }

  override async read<T extends object>(
    context: RequestContext,
    call: (stripe: Stripe) => Promise<T>,
  ): Promise<T> {
    await this.turns.removeTokens(1);
    return super.read(context, call);
  }
}
