import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { invoicePaymentMethod } from '../invoices/pay.js';
import { cancelSetupIntent, createSetupIntent } from '../setup-intents/setup-intent.js';

const DAY = 24 * 60 * 60;

/** Source: https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end. */
const TOLD_BEFORE_SECONDS = 3 * DAY;

/** When a trial of so many days ends. */
export const trialEndAfter = (now: number, days: number): number => now + days * DAY;

/** When the end of a subscription's trial is to be told of; null without a trial. */
export const trialWarningAt = ({ status, trial_end }: Stripe.Subscription): number | null =>
  status === 'trialing' && trial_end !== null ? trial_end - TOLD_BEFORE_SECONDS : null;

/** Tells at once of a trial that is ended, or ends so soon that there will be no other warning. */
export function warnIfTrialEndsSoon(ctx: Context, subscription: Stripe.Subscription): void {
  const { customer, trial_end } = subscription;
  if (trial_end === null || trial_end - TOLD_BEFORE_SECONDS > ctx.now(customer as string)) return;
  ctx.emit('customer.subscription.trial_will_end', subscription);
}

/**
 * Asks for a card by a setup intent where there is nothing to pay yet and nothing to pay with later.
 * Source: https://docs.stripe.com/api/subscriptions/object#subscription_object-pending_setup_intent.
 */
export function requestPaymentMethod(ctx: Context, { id }: Stripe.Subscription, paid: Stripe.Invoice): void {
  if (invoicePaymentMethod(ctx, paid)) return;
  const { id: pending_setup_intent } = createSetupIntent(ctx, { customer: paid.customer as string });
  const before = ctx.store.subscriptions.get(id)!;
  ctx.emit(
    'customer.subscription.updated',
    ctx.store.subscriptions.update(id, { pending_setup_intent }),
    before,
  );
}

/** Follows a setup: the card that a subscription has asked for is there. */
export function completePendingSetup(
  ctx: Context,
  { id, customer, payment_method }: Stripe.SetupIntent,
): void {
  if (customer === null) return;
  const owned = [...ctx.store.subscriptions.newestFirst({ where: { customer } })];
  const before = owned.find(({ pending_setup_intent }) => pending_setup_intent === id);
  if (!before) return;
  const saves = before.payment_settings?.save_default_payment_method === 'on_subscription';
  const after = ctx.store.subscriptions.update(before.id, {
    pending_setup_intent: null,
    ...(saves && { default_payment_method: payment_method }),
  });
  ctx.emit('customer.subscription.updated', after, before);
}

/** Asks no more for a card. */
export function cancelPendingSetup(ctx: Context, { pending_setup_intent }: Stripe.Subscription): void {
  const intent = ctx.store.setupIntents.get((pending_setup_intent as string | null) ?? '');
  if (intent && intent.status !== 'succeeded') cancelSetupIntent(ctx, intent);
}
