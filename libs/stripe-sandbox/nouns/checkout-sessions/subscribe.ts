import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { CheckoutFacts } from '../../store/records.js';
import { defaultPayment, subscriptionOf } from '../invoices/invoice.js';
import { invoiceOf } from '../invoices/pay.js';
import { ACCEPTED_ON_PAGE, createMandate } from '../mandates/mandate.js';
import { attachPaymentMethod, requireAttachable } from '../payment-methods/payment-method.js';
import { NEW_SETTINGS } from '../subscriptions/settings.js';
import { startSubscription } from '../subscriptions/start.js';
import { trialEndAfter } from '../subscriptions/trial.js';
import { completeCheckout, ensureCustomer, reportLatePayment } from './complete.js';
import { sessionRedemptions } from './discounts.js';
import { lineItemsOf } from './line-items.js';

/**
 * The payment intent of the first invoice of a session's subscription. All attempts share one subscription. With
 * nothing to pay today the session completes at once, without a payment intent.
 * @throws StripeFailure 402 for a card that cannot be saved
 */
export function subscribeAtCheckout(
  ctx: Context,
  session: Stripe.Checkout.Session,
  facts: CheckoutFacts,
  paymentMethod: Stripe.PaymentMethod,
): Stripe.PaymentIntent | undefined {
  if (facts.subscription !== null) return firstPayment(ctx, facts.subscription);
  const isFree = session.amount_total === 0;
  if (isFree) requireAttachable(ctx, paymentMethod);
  const customer = ensureCustomer(ctx, facts);
  if (isFree) {
    attachPaymentMethod(ctx, paymentMethod, customer);
    if (paymentMethod.type === 'sepa_debit') {
      createMandate(ctx, paymentMethod, ACCEPTED_ON_PAGE.mandateData, 'multi_use');
    }
  }
  const default_payment_method = isFree ? paymentMethod.id : null;
  const { id } = startSessionSubscription(ctx, facts, { customer, default_payment_method });
  ctx.store.checkoutFacts.update(session.id, { subscription: id });
  if (!isFree) return firstPayment(ctx, id);
  completeWithSubscription(ctx, ctx.store.checkoutFacts.get(session.id)!, 'no_payment_required');
  return undefined;
}

/**
 * Completes the session whose subscription's first invoice is paid, or is about to be by a debit, or reports that the
 * debit was paid, if there is one.
 */
export function completeSubscriptionCheckout(ctx: Context, invoice: Stripe.Invoice): void {
  const facts = subscriptionFacts(ctx, invoice);
  const session = ctx.store.checkoutSessions.get(facts?.id ?? '');
  const isPaid = invoice.status === 'paid';
  if (session?.status === 'open') completeWithSubscription(ctx, facts!, isPaid ? 'paid' : 'unpaid');
  else if (session?.status === 'complete' && isPaid) reportLatePayment(ctx, session);
}

/** Completes the session whose subscription's first invoice is being paid by a debit, if there is one. */
export function completeProcessingCheckout(ctx: Context, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOf(ctx, intent);
  if (invoice) completeSubscriptionCheckout(ctx, invoice);
}

/** The facts of the session whose subscription an invoice is the first one of, if there is one. */
export function subscriptionFacts(ctx: Context, invoice: Stripe.Invoice): CheckoutFacts | undefined {
  const subscription = subscriptionOf(invoice);
  if (invoice.billing_reason !== 'subscription_create' || subscription === undefined) return undefined;
  return [...ctx.store.checkoutFacts.newestFirst({ where: { subscription } })][0];
}

function completeWithSubscription(
  ctx: Context,
  facts: CheckoutFacts,
  payment_status: Stripe.Checkout.Session.PaymentStatus,
): void {
  const subscription = ctx.store.subscriptions.get(facts.subscription!)!;
  completeCheckout(ctx, facts, {
    invoice: subscription.latest_invoice,
    payment_status,
    subscription: subscription.id,
  });
}

function startSessionSubscription(
  ctx: Context,
  facts: CheckoutFacts,
  payer: { customer: string; default_payment_method: string | null },
): Stripe.Subscription {
  const { id, subscription_data: data } = facts;
  const allowedTypes = ctx.store.checkoutSessions.get(id)!.allowed_payment_method_types ?? null;
  const lines = lineItemsOf(ctx, id).map(({ price, quantity }) => ({
    price: price!,
    quantity: quantity ?? 1,
  }));
  const days = data.trial_period_days;
  return startSubscription(ctx, {
    customer: payer.customer,
    items: lines
      .filter(({ price }) => price.recurring)
      .map(({ price, quantity }) => ({ price, quantity, metadata: {} })),
    oneTimeItems: lines.filter(({ price }) => !price.recurring),
    behavior: 'default_incomplete',
    description: data.description ?? null,
    metadata: data.metadata,
    redemptions: sessionRedemptions(ctx, facts),
    trialEnd: data.trial_end ?? (days === undefined ? null : trialEndAfter(ctx.now(payer.customer), days)),
    settings: {
      default_payment_method: payer.default_payment_method,
      payment_settings: {
        ...NEW_SETTINGS.payment_settings,
        payment_method_types: allowedTypes,
        save_default_payment_method: 'on_subscription',
      },
    },
  });
}

/** The payment intent of a new subscription's first invoice; undefined if there is nothing to pay. */
export function firstPayment(ctx: Context, subscription: string): Stripe.PaymentIntent | undefined {
  const { latest_invoice } = ctx.store.subscriptions.get(subscription)!;
  const payment = defaultPayment(ctx, latest_invoice as string);
  return ctx.store.paymentIntents.get((payment?.payment.payment_intent as string | undefined) ?? '');
}
