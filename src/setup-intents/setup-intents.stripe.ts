import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { StripeProvider } from '../../libs/stripe/stripe.provider.js';
import type { SetupIntent } from './setup-intent.js';

export type SetupIntentPlan = Stripe.SetupIntentCreateParams;

/** Our calls about SetupIntents: https://docs.stripe.com/api/setup_intents */
@Injectable()
export class SetupIntentsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** For a card that is to be charged later without its holder present. */
  plan(customer: string): SetupIntentPlan {
    return { customer, usage: 'off_session', allowed_payment_method_types: ['card'] };
  }

  async create(plan: SetupIntentPlan, idempotencyKey: string): Promise<SetupIntent> {
    const { id, client_secret: clientSecret } = await this.stripe.write(idempotencyKey, (stripe, options) =>
      stripe.setupIntents.create(plan, options),
    );
    if (!clientSecret) throw new Error(`${id} came without its client secret`);
    return { id, clientSecret };
  }
}
