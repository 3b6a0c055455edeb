import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import type { cancelParams } from '../subscriptions/params.js';
import { cancelSubscription, updateSubscription } from '../subscriptions/update.js';
import { offerFor } from './offers.js';

type Configuration = Stripe.BillingPortal.Configuration;
type CancellationDetails = NonNullable<Params<typeof cancelParams>['cancellation_details']>;

/** Cancels a subscription as the configuration says. @throws StripeFailure 400 if the configuration does not allow it */
export function cancelFromPortal(
  ctx: Context,
  { features }: Configuration,
  subscription: Stripe.Subscription,
  feedback: string | undefined,
): Stripe.Subscription {
  const { enabled, mode, proration_behavior, cancellation_reason } = features.subscription_cancel;
  if (!enabled) throw notAllowed();
  const reasons = cancellation_reason.enabled ? cancellation_reason.options : [];
  const reason = reasons.find((option) => option === feedback) as CancellationDetails['feedback'];
  const details = reason && { cancellation_details: { feedback: reason } };
  return mode === 'immediately'
    ? cancelSubscription(ctx, subscription, { prorate: proration_behavior !== 'none', ...details })
    : updateSubscription(ctx, subscription, { cancel_at_period_end: true, ...details });
}

/** Takes back a cancellation at the end of the period. @throws StripeFailure 400 if the configuration does not allow it */
export function renewFromPortal(
  ctx: Context,
  { features }: Configuration,
  subscription: Stripe.Subscription,
): Stripe.Subscription {
  if (!features.subscription_cancel.enabled) throw notAllowed();
  return updateSubscription(ctx, subscription, { cancel_at_period_end: false });
}

/**
 * Changes the price or the quantity of a subscription. A payment that fails leaves the subscription as it was.
 * @throws StripeFailure 400 for a price or a quantity that the configuration does not allow, 402 for a decline
 */
export function updateFromPortal(
  ctx: Context,
  configuration: Configuration,
  subscription: Stripe.Subscription,
  chosen: { price: string | undefined; quantity: number | undefined },
): Stripe.Subscription {
  const offer = offerFor(ctx, configuration, subscription);
  if (!offer) throw notAllowed();
  const { item } = offer;
  const { price = item.price.id, quantity = item.quantity ?? 1 } = chosen;
  const limits = offer.quantity ?? { minimum: item.quantity ?? 1, maximum: item.quantity ?? 1 };
  const isInLimits = quantity >= limits.minimum && quantity <= (limits.maximum ?? Infinity);
  if (!isInLimits || !offer.prices.some(({ id }) => id === price)) throw notAllowed();
  const { proration_behavior, billing_cycle_anchor, trial_update_behavior } =
    configuration.features.subscription_update;
  const endsTrial = subscription.status === 'trialing' && trial_update_behavior === 'end_trial';
  return updateSubscription(ctx, subscription, {
    items: [{ id: item.id, price, quantity }],
    proration_behavior: proration_behavior as 'always_invoice' | 'create_prorations' | 'none',
    payment_behavior: 'error_if_incomplete',
    ...(billing_cycle_anchor === 'now' && { billing_cycle_anchor: { type: 'now' as const } }),
    ...(endsTrial && { trial_end: 'now' as const }),
  });
}

const notAllowed = () => failures.invalidRequest('The portal configuration does not allow this.');
