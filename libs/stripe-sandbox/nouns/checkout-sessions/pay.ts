import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { CheckoutFacts } from '../../store/records.js';
import { authenticationUrl } from '../intents/three-d-secure.js';
import { confirmPaymentIntent } from '../payment-intents/confirm.js';
import { startDebit } from '../payment-intents/debit.js';
import { createPaymentIntent } from '../payment-intents/payment-intent.js';
import { confirmSetupIntent } from '../setup-intents/confirm.js';
import { completeCheckout, ensureCustomer, updateGuestCustomer } from './complete.js';
import { firstPayment, subscribeAtCheckout } from './subscribe.js';

/**
 * Tries to pay a session. It completes when its payment succeeds, which may be after an authentication.
 * Source: https://docs.stripe.com/payments/checkout/how-checkout-works.
 * @returns the URL where the cardholder must authenticate; null if that is not required
 * @throws StripeFailure 400 unless the session is open, 402 for a declined card
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
  if (paymentMethod.type === 'sepa_debit') return payByDebit(ctx, session, facts, paymentMethod);
  const returnUrl = `${session.url}/done`;
  if (session.mode === 'setup') {
    const setupIntent = setupIntentFor(ctx, session, facts);
    return authenticationUrl(confirmSetupIntent(ctx, setupIntent, { paymentMethod, returnUrl }));
  }
  const intent =
    session.mode === 'subscription'
      ? subscribeAtCheckout(ctx, session, facts, paymentMethod)
      : paymentIntentFor(ctx, session, facts);
  return intent ? authenticationUrl(confirmPaymentIntent(ctx, intent, { paymentMethod, returnUrl })) : null;
}

/** @throws StripeFailure 400 unless the session takes one payment in EUR */
function payByDebit(
  ctx: Context,
  session: Stripe.Checkout.Session,
  facts: CheckoutFacts,
  paymentMethod: Stripe.PaymentMethod,
): null {
  if (session.mode !== 'payment' || session.currency !== 'eur') {
    throw failures.invalidRequest('The sandbox takes SEPA debits for single payments in EUR only.');
  }
  const intent = paymentIntentFor(ctx, session, facts);
  if (intent) startDebit(ctx, intent, paymentMethod);
  return null;
}

/** Reports that the debit of a session that is complete has failed. */
export function reportFailedDebit(ctx: Context, { id }: Stripe.PaymentIntent): void {
  const [session] = ctx.store.checkoutSessions.newestFirst({ where: { payment_intent: id } });
  if (session?.status === 'complete') ctx.emit('checkout.session.async_payment_failed', session);
}

/** Completes the session that a payment is for, if there is one. */
export function completePaidCheckout(ctx: Context, intent: Stripe.PaymentIntent): void {
  const [facts] = ctx.store.checkoutFacts.newestFirst({ where: { payment_intent: intent.id } });
  if (!facts || ctx.store.checkoutSessions.get(facts.id)?.status !== 'open') return;
  completeCheckout(ctx, facts, {
    payment_intent: intent.id,
    payment_status: intent.status === 'succeeded' ? 'paid' : 'unpaid',
  });
}

/** Completes the session that a setup is for, if there is one. */
export function completeSetupCheckout(ctx: Context, { id }: Stripe.SetupIntent): void {
  const [session] = ctx.store.checkoutSessions.newestFirst({ where: { setup_intent: id } });
  if (session) completeCheckout(ctx, ctx.store.checkoutFacts.get(session.id)!, {});
}

/** The payment intent of a session's attempts; undefined before the first one. */
export function attemptedPayment(ctx: Context, session: string): Stripe.PaymentIntent | undefined {
  const { payment_intent = null, subscription = null } = ctx.store.checkoutFacts.get(session) ?? {};
  if (subscription !== null) return firstPayment(ctx, subscription);
  return ctx.store.paymentIntents.get(payment_intent ?? '');
}

/** The session's setup intent, with the session's customer if it saves one. */
function setupIntentFor(
  ctx: Context,
  session: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): Stripe.SetupIntent {
  const intent = ctx.store.setupIntents.get(session.setup_intent as string)!;
  const customer = customerToSave(ctx, session, facts);
  if (customer === null || intent.customer !== null) return intent;
  return ctx.store.setupIntents.update(intent.id, { customer });
}

/** The payment intent that all attempts share. With nothing to pay there is none, and the session completes. */
function paymentIntentFor(
  ctx: Context,
  session: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): Stripe.PaymentIntent | undefined {
  const existing = ctx.store.paymentIntents.get(facts.payment_intent ?? '');
  if (existing) return existing;
  const customer = customerToSave(ctx, session, facts);
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

/** The session's customer, which is created if the session asks for it or saves a payment method. */
function customerToSave(
  ctx: Context,
  { customer_creation }: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): string | null {
  const isRequired =
    customer_creation === 'always' || facts.payment_intent_data.setup_future_usage !== undefined;
  return isRequired ? ensureCustomer(ctx, facts) : facts.customer;
}
