import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { StripeProvider } from '../../libs/stripe/stripe.provider.js';

/** Whether Stripe answers us and takes our key. */
@Injectable()
export class StripeHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly stripe: StripeProvider,
  ) {}

  async check() {
    const indicator = this.indicators.check('stripe');
    try {
      await this.stripe.read((stripe) => stripe.customers.list({ limit: 1 }));
      return indicator.up();
    } catch {
      return indicator.down();
    }
  }
}
