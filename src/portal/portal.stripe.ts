import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { invalidField, Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { listAll } from '#stripe/pagination.js';
import { isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { PortalCommand, PortalFlow, PortalPage } from './portal.js';

export type PortalPlan = Stripe.BillingPortal.SessionCreateParams;

/** Stripe refuses others: https://docs.stripe.com/customer-management/portal-deep-links */
const CHANGEABLE = new Set<Stripe.Subscription.Status>(['active', 'trialing', 'past_due', 'unpaid']);

/** Calls to Stripe about its customer portal: https://docs.stripe.com/api/customer_portal/sessions */
@Injectable()
export class PortalStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** @throws {Problem} `invalid-state` for a flow that needs a subscription, if the customer has none */
  async plan(
    context: RequestContext,
    customer: string,
    { returnUrl, flow }: PortalCommand,
  ): Promise<PortalPlan> {
    const flowData = flow && (await this.flowData(context, customer, flow));
    return { customer, return_url: returnUrl, ...(flowData && { flow_data: flowData }) };
  }

  /** @throws {Problem} `invalid-state` if the portal does not allow the flow, as for a subscription that is canceled */
  async create(context: RequestContext, plan: PortalPlan, idempotencyKey: string): Promise<PortalPage> {
    try {
      const { id, url } = await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.billingPortal.sessions.create(plan, options),
      );
      return { id, url };
    } catch (error) {
      const param = isUnclassified(error) ? refusedParam(error) : undefined;
      if (param?.startsWith('flow_data')) throw new Problem('invalid-state', {}, error);
      if (param === 'return_url') throw invalidField('returnUrl', 'is not accepted by Stripe', error);
      throw error;
    }
  }

  private async flowData(
    context: RequestContext,
    customer: string,
    flow: PortalFlow,
  ): Promise<PortalPlan['flow_data']> {
    if (flow === 'payment-method') return { type: 'payment_method_update' };
    const subscriptions = await listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.subscriptions.list({ customer, ...page })),
    );
    const subscription = subscriptions.find(({ status }) => CHANGEABLE.has(status))?.id;
    if (subscription === undefined) throw new Problem('invalid-state');
    return flow === 'cancel'
      ? { type: 'subscription_cancel', subscription_cancel: { subscription } }
      : { type: 'subscription_update', subscription_update: { subscription } };
  }
}
