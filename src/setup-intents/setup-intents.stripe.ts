import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { findByOperationId, createdUnderKey, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { Found } from '../operations/operation.js';
import type { SetupIntent } from './setup-intent.js';

export type SetupIntentPlan = Stripe.SetupIntentCreateParams;

/** Calls to Stripe about SetupIntents: https://docs.stripe.com/api/setup_intents */
@Injectable()
export class SetupIntentsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The parameters of a SetupIntent for a card that will be charged off-session. */
  plan(customer: string, operationId: string): SetupIntentPlan {
    return {
      customer,
      usage: 'off_session',
      allowed_payment_method_types: ['card'],
      metadata: { [OPERATION_ID]: operationId },
    };
  }

  async create(context: RequestContext, plan: SetupIntentPlan, idempotencyKey: string): Promise<SetupIntent> {
    return toSetupIntent(
      await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.setupIntents.create(plan, options),
      ),
    );
  }

  async retrieve(context: RequestContext, id: string): Promise<SetupIntent> {
    return toSetupIntent(await this.stripe.read(context, (stripe) => stripe.setupIntents.retrieve(id)));
  }

  /** Finds the SetupIntent that an operation created. */
  async find(
    context: RequestContext,
    plan: SetupIntentPlan,
    operationId: string,
    sentAt: Date,
  ): Promise<Found<SetupIntent>> {
    const intent = await findByOperationId(operationId, (page) =>
      this.stripe.read(context, (stripe) =>
        stripe.setupIntents.list({ customer: plan.customer, created: createdUnderKey(sentAt), ...page }),
      ),
    );
    return typeof intent === 'string' ? intent : { result: toSetupIntent(intent) };
  }

  /** The SetupIntent's payment method and the customer that it is attached to; undefined if it is not attached. */
  async attachedPaymentMethod(
    context: RequestContext,
    id: string,
  ): Promise<{ customer: string; paymentMethodId: string } | undefined> {
    const intent = await this.stripe.read(context, (stripe) =>
      stripe.setupIntents.retrieve(id, { expand: ['payment_method'] }),
    );
    const method = intent.payment_method as Stripe.PaymentMethod | null;
    const customer = idOf(method?.customer);
    return method && customer !== undefined ? { customer, paymentMethodId: method.id } : undefined;
  }
}

function toSetupIntent({ id, client_secret: clientSecret }: Stripe.SetupIntent): SetupIntent {
  if (!clientSecret) throw new Error(`${id} has no client secret`);
  return { id, clientSecret };
}
