import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { CardParams } from '../payment-methods/card-details.js';
import { ensureCustomer, completeCheckout, updateGuestCustomer } from './complete.js';
import type { CheckoutFacts } from '../../store/records.js';
import { firstPayment, subscribeAtCheckout } from './subscribe.js';
import { confirmPaymentIntent } from '../payment-intents/confirm.js';
import { createPaymentIntent } from '../payment-intents/payment-intent.js';
import { createPaymentMethod } from '../payment-methods/payment-method.js';
import { confirmSetupIntent } from '../setup-intents/confirm.js';

/** What a person enters on a page that takes a card. */
export interface CardEntry {
  card: CardParams;
  email: string;
  name: string | null;
}

/**
 * Tries to pay a session. It completes once its payment has succeeded, be it after an authentication.
 * Source: https://docs.stripe.com/payments/checkout/how-checkout-works.
 * @returns where the cardholder must authenticate, if at all
 * @throws StripeFailure 400 unless it is open, 402 for a card that is declined
 */
export function payCheckout(
  ctx: Context,
  session: Stripe.Checkout.Session,
  paymentMethod: Stripe.PaymentMethod,
): string | null {
  if (session.status !== 'open') throw failures.invalidRequest('This Checkout Session is no longer open.');
  const { email, name } = paymentMethod.billing_details;
  const contact = { email: email ?? session.customer_details?.email ?? null, name };
  const facts = ctx.store.checkoutFacts.update(session.id, { contact });
  updateGuestCustomer(ctx, session, facts);
  const returnUrl = `${session.url}/done`;
  if (session.mode === 'setup') {
    const intent = ctx.store.setupIntents.get(session.setup_intent as string)!;
    const customer = customerToKeep(ctx, session, facts);
    if (customer !== null && intent.customer === null) ctx.store.setupIntents.update(intent.id, { customer });
    const current = ctx.store.setupIntents.get(intent.id)!;
    return authenticationUrl(confirmSetupIntent(ctx, current, { paymentMethod, returnUrl }));
  }
  const intent =
    session.mode === 'subscription'
      ? subscribeAtCheckout(ctx, session, facts, paymentMethod)
      : paymentIntentFor(ctx, session, facts);
  return intent ? authenticationUrl(confirmPaymentIntent(ctx, intent, { paymentMethod, returnUrl })) : null;
}

/** A payment method of what was entered. @throws StripeFailure 402 for an invalid card */
export const createEnteredPaymentMethod = (
  ctx: Context,
  { card, email, name }: CardEntry,
): Stripe.PaymentMethod => createPaymentMethod(ctx, { type: 'card', card, billing_details: { email, name } });

/** Completes the session that a payment was made for, if it was made for one. */
export function completePaidCheckout(ctx: Context, intent: Stripe.PaymentIntent): void {
  const [facts] = ctx.store.checkoutFacts.newestFirst({ where: { payment_intent: intent.id } });
  if (!facts || ctx.store.checkoutSessions.get(facts.id)?.status !== 'open') return;
  completeCheckout(ctx, facts, {
    payment_intent: intent.id,
    payment_status: intent.status === 'succeeded' ? 'paid' : 'unpaid',
  });
}

/** Completes the session that a setup was made for, if it was made for one. */
export function completeSetupCheckout(ctx: Context, { id }: Stripe.SetupIntent): void {
  const [session] = ctx.store.checkoutSessions.newestFirst({ where: { setup_intent: id } });
  if (session) completeCheckout(ctx, ctx.store.checkoutFacts.get(session.id)!, {});
}

/** The payment that a session's attempts are made with, if there has been one. */
export function attemptedPayment(ctx: Context, session: string): Stripe.PaymentIntent | undefined {
  const { payment_intent = null, subscription = null } = ctx.store.checkoutFacts.get(session) ?? {};
  if (subscription !== null) return firstPayment(ctx, subscription);
  return ctx.store.paymentIntents.get(payment_intent ?? '');
}

/** Where a page of the sandbox's leads to for an authentication. */
export const authenticationUrl = ({
  next_action,
}: Stripe.PaymentIntent | Stripe.SetupIntent): string | null => next_action?.redirect_to_url?.url ?? null;

/** One payment intent serves every attempt; with nothing to pay there is none, and the session completes. */
function paymentIntentFor(
  ctx: Context,
  session: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): Stripe.PaymentIntent | undefined {
  const before = ctx.store.paymentIntents.get(facts.payment_intent ?? '');
  if (before) return before;
  const customer = customerToKeep(ctx, session, facts);
  if (session.amount_total === 0) {
    completeCheckout(ctx, facts, { payment_status: 'paid' });
    return undefined;
  }
  const intent = createPaymentIntent(ctx, {
    ...facts.payment_intent_data,
    amount: session.amount_total!,
    currency: session.currency!,
    ...(customer !== null && { customer }),
    ...(session.allowed_payment_method_types && {
      allowed_payment_method_types: session.allowed_payment_method_types,
    }),
  });
  ctx.store.checkoutFacts.update(session.id, { payment_intent: intent.id });
  return intent;
}

/** The customer, made where the session is told to, or has something to save. */
function customerToKeep(
  ctx: Context,
  { customer_creation }: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): string | null {
  const isWanted =
    customer_creation === 'always' || facts.payment_intent_data.setup_future_usage !== undefined;
  return isWanted ? ensureCustomer(ctx, facts) : facts.customer;
}
