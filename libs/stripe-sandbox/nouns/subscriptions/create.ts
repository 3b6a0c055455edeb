import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import type { createParams } from './params.js';
import { periodAt, type Recurrence } from './billing-period.js';
import { resolvePaymentMethod } from '../payment-methods/payment-method.js';
import { readItems } from './items.js';
import { trialEndAfter } from './trial.js';
import { startSubscription, requireSubscriber } from './subscription.js';

/**
 * Source: https://docs.stripe.com/api/subscriptions/create.
 * @throws StripeFailure as `startSubscription`, and 400 for parameters that do not fit
 */
export function createSubscription(ctx: Context, params: Params<typeof createParams>): Stripe.Subscription {
  const items = readItems(ctx, params.items);
  if (items.length === 0) throw failures.missing('items');
  const { id: customer } = requireSubscriber(ctx, params.customer, items[0]!.price.currency);
  if (params.cancel_at !== undefined && params.cancel_at_period_end) {
    throw failures.exclusive('cancel_at', 'cancel_at_period_end');
  }
  const now = ctx.now(customer);
  if (typeof params.cancel_at === 'number') requireFuture(params.cancel_at, now, 'cancel_at');
  const chosen = params.default_payment_method;
  return startSubscription(ctx, {
    customer,
    items,
    behavior: params.payment_behavior ?? 'allow_incomplete',
    offSession: params.off_session,
    default_payment_method: chosen === undefined ? null : requireOwnPaymentMethod(ctx, customer, chosen),
    description: params.description ?? null,
    metadata: params.metadata,
    trialEnd: trialEndOf(params, now),
    anchor: anchorOf(params, items[0]!.price.recurring!, now),
    prorates: params.proration_behavior !== 'none',
    cancel_at: params.cancel_at ?? null,
    cancel_at_period_end: params.cancel_at_period_end,
    save_default_payment_method: params.payment_settings?.save_default_payment_method,
  });
}

/** A payment method that the subscription's customer has. @throws StripeFailure 400 for any other */
export function requireOwnPaymentMethod(ctx: Context, customer: string, id: string): string {
  const param = 'default_payment_method';
  const paymentMethod = resolvePaymentMethod(ctx, id, param);
  if (paymentMethod.customer === customer) return paymentMethod.id;
  throw failures.invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
}

/** @throws StripeFailure 400 for a time that has passed */
export function requireFuture(at: number, now: number, param: string): void {
  if (at > now) return;
  throw failures.invalidRequest(
    `Invalid timestamp: ${param} must be an integer Unix timestamp in the future.`,
    {
      param,
    },
  );
}

/** Source: https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions. */
function anchorOf(
  { billing_cycle_anchor: at, ...params }: Params<typeof createParams>,
  recurrence: Recurrence,
  now: number,
): number | undefined {
  if (at === undefined) return undefined;
  const param = 'billing_cycle_anchor';
  for (const trial of ['trial_end', 'trial_period_days'] as const) {
    if (params[trial] !== undefined) throw failures.exclusive(param, trial);
  }
  requireFuture(at, now, param);
  const { end } = periodAt(now, recurrence, now);
  if (at > end) {
    throw failures.invalidRequest(
      `billing_cycle_anchor cannot be later than next natural billing date (${end}) for plan`,
      { param },
    );
  }
  return at;
}

function trialEndOf(
  { trial_end, trial_period_days }: Pick<Params<typeof createParams>, 'trial_end' | 'trial_period_days'>,
  now: number,
): number | null {
  if (trial_end !== undefined && trial_period_days !== undefined) {
    throw failures.exclusive('trial_end', 'trial_period_days');
  }
  if (trial_period_days) return trialEndAfter(now, trial_period_days);
  if (trial_end === undefined || trial_end === 'now') return null;
  requireFuture(trial_end, now, 'trial_end');
  return trial_end;
}
