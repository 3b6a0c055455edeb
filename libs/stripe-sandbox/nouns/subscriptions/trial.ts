import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { invoicePaymentMethod, subscriptionPaymentMethod } from '../invoices/pay.js';
import { cancelSetupIntent, createSetupIntent } from '../setup-intents/setup-intent.js';

const DAY_SECONDS = 24 * 60 * 60;

/** Source: https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end. */
const WARNING_SECONDS = 3 * DAY_SECONDS;

/**
 * What becomes of a subscription whose trial ends without a payment method; undefined if it is billed.
 * Source: https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment.
 */
export function endWithoutPaymentMethod(
  ctx: Context,
  subscription: Stripe.Subscription,
): 'cancel' | 'pause' | undefined {
  const { collection_method, trial_settings } = subscription;
  const chosen = trial_settings?.end_behavior.missing_payment_method;
  const behavior = (['cancel', 'pause'] as const).find((each) => each === chosen);
  if (!behavior) return undefined;
  const isPayable =
    collection_method !== 'charge_automatically' ||
    subscriptionPaymentMethod(ctx, subscription) !== undefined;
  return isPayable ? undefined : behavior;
}

/** When a trial of a number of days ends, in Unix seconds. */
export const trialEndAfter = (now: number, days: number): number => now + days * DAY_SECONDS;

/** When `trial_will_end` is due, in Unix seconds; null without a trial. */
export const trialWarningAt = ({ status, trial_end }: Stripe.Subscription): number | null =>
  status === 'trialing' && trial_end !== null ? trial_end - WARNING_SECONDS : null;

/** Emits `trial_will_end` at once for a trial that has ended, or ends too soon for a later warning. */
export function warnIfTrialEndsSoon(ctx: Context, subscription: Stripe.Subscription): void {
  const { customer, trial_end } = subscription;
  if (trial_end === null || trial_end - WARNING_SECONDS > ctx.now(customer as string)) return;
  ctx.emit('customer.subscription.trial_will_end', subscription);
}

/**
 * Creates a setup intent for a subscription that costs nothing yet and has no payment method for later.
 * Source: https://docs.stripe.com/api/subscriptions/object#subscription_object-pending_setup_intent.
 */
export function requestPaymentMethod(ctx: Context, { id }: Stripe.Subscription, paid: Stripe.Invoice): void {
  if (invoicePaymentMethod(ctx, paid)) return;
  const { id: pending_setup_intent } = createSetupIntent(ctx, { customer: paid.customer as string });
  const before = ctx.store.subscriptions.get(id)!;
  const after = ctx.store.subscriptions.update(id, { pending_setup_intent });
  ctx.emit('customer.subscription.updated', after, before);
}

/** Records that a subscription's pending setup intent succeeded, if it is for one. */
export function completePendingSetup(
  ctx: Context,
  { id, customer, payment_method }: Stripe.SetupIntent,
): void {
  if (customer === null) return;
  const owned = [...ctx.store.subscriptions.newestFirst({ where: { customer } })];
  const before = owned.find(({ pending_setup_intent }) => pending_setup_intent === id);
  if (!before) return;
  const isSaved = before.payment_settings?.save_default_payment_method === 'on_subscription';
  const after = ctx.store.subscriptions.update(before.id, {
    pending_setup_intent: null,
    ...(isSaved && { default_payment_method: payment_method }),
  });
  ctx.emit('customer.subscription.updated', after, before);
}

/** Cancels the setup intent of a subscription that ends. */
export function cancelPendingSetup(ctx: Context, { pending_setup_intent }: Stripe.Subscription): void {
  const intent = ctx.store.setupIntents.get((pending_setup_intent as string | null) ?? '');
  if (intent && intent.status !== 'succeeded') cancelSetupIntent(ctx, intent);
}
