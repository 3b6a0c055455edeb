import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';

/** Shorter than the usual timeout of a probe. */
const DEADLINE_MS = 3_000;

/** Checks that Stripe answers and accepts our key. A 429 is an answer too. */
@Injectable()
export class StripeHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly stripe: StripeProvider,
  ) {}

  async check(context: RequestContext) {
    const indicator = this.indicators.check('stripe');
    try {
      await Promise.race([
        this.stripe.read(context, (stripe) => stripe.customers.list({ limit: 1 })),
        setTimeout(DEADLINE_MS, undefined, { ref: false }).then(() => {
          throw new Problem('provider-unreachable');
        }),
      ]);
      return indicator.up();
    } catch (error) {
      const isBusy = error instanceof Problem && error.slug === 'provider-busy';
      return isBusy ? indicator.up() : indicator.down();
    }
  }
}
