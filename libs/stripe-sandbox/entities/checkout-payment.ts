import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { schedule } from '../due.js';
import { failures } from '../http/errors.js';
import type { GivenCard } from './card-details.js';
import { contactOf, type CheckoutFacts } from './checkout-session.js';
import { createCustomer } from './customer.js';
import { confirmPaymentIntent } from './payment-intent-confirm.js';
import { createPaymentIntent } from './payment-intent.js';
import { createPaymentMethod } from './payment-method.js';

/** What a person enters on the hosted page. */
export interface CheckoutEntry {
  card: GivenCard;
  email: string;
  name: string | null;
}

/**
 * Tries to pay a session. It completes once its payment has succeeded, be it after an authentication.
 * Source: https://docs.stripe.com/payments/checkout/how-checkout-works.
 * @returns where the cardholder must authenticate, if at all
 * @throws StripeFailure 400 unless it is open, 402 for a card that is invalid or declined
 */
export function payCheckout(
  ctx: Context,
  session: Stripe.Checkout.Session,
  entry: CheckoutEntry,
): string | null {
  if (session.status !== 'open') throw failures.invalidRequest('This Checkout Session is no longer open.');
  const { email, name } = entry;
  const paymentMethod = createPaymentMethod(ctx, {
    type: 'card',
    card: entry.card,
    billing_details: { email, name },
  });
  const facts = ctx.store.checkoutFacts.update(session.id, { contact: { email, name } });
  if (session.amount_total === 0) return completeFree(ctx, session, facts);
  const intent = intentOf(ctx, session, facts);
  const returnUrl = `${session.url}/done`;
  const { next_action } = confirmPaymentIntent(ctx, intent, { paymentMethod, returnUrl });
  return next_action?.redirect_to_url?.url ?? null;
}

/** Completes the session that a payment was made for, if it was made for one. */
export function checkoutPaid(ctx: Context, intent: Stripe.PaymentIntent): void {
  const [facts] = ctx.store.checkoutFacts.newestFirst({ where: { payment_intent: intent.id } });
  if (!facts) return;
  complete(ctx, facts, {
    payment_intent: intent.id,
    payment_status: intent.status === 'succeeded' ? 'paid' : 'unpaid',
  });
}

function completeFree(ctx: Context, session: Stripe.Checkout.Session, facts: CheckoutFacts): null {
  const customer = session.customer_creation === 'always' ? customerOf(ctx, facts) : facts.customer;
  complete(ctx, { ...facts, customer }, { payment_status: 'paid' });
  return null;
}

function complete(ctx: Context, facts: CheckoutFacts, changes: Partial<Stripe.Checkout.Session>): void {
  const after = ctx.store.checkoutSessions.update(facts.id, {
    ...changes,
    customer: facts.customer,
    customer_details: contactOf(facts.contact ?? { email: null }),
    status: 'complete',
    url: null,
  });
  schedule(ctx, 'checkoutSessions', facts.id, { at: null });
  ctx.emit('checkout.session.completed', after);
}

/** One payment intent serves every attempt. */
function intentOf(
  ctx: Context,
  session: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): Stripe.PaymentIntent {
  const before = ctx.store.paymentIntents.get(facts.payment_intent ?? '');
  if (before) return before;
  const { payment_intent_data: data } = facts;
  const wantsCustomer = session.customer_creation === 'always' || data.setup_future_usage !== undefined;
  const customer = facts.customer ?? (wantsCustomer ? customerOf(ctx, facts) : undefined);
  const intent = createPaymentIntent(ctx, {
    ...data,
    amount: session.amount_total!,
    currency: session.currency!,
    ...(customer !== undefined && { customer }),
    ...(session.allowed_payment_method_types && {
      allowed_payment_method_types: session.allowed_payment_method_types,
    }),
  });
  ctx.store.checkoutFacts.update(session.id, { payment_intent: intent.id });
  return intent;
}

/** The session's customer, made of what was entered if there is none. */
function customerOf(ctx: Context, facts: CheckoutFacts): string {
  if (facts.customer !== null) return facts.customer;
  const { email, name } = facts.contact!;
  const { id } = createCustomer(ctx, { ...(email !== null && { email }), ...(name !== null && { name }) });
  ctx.store.checkoutFacts.update(facts.id, { customer: id });
  return id;
}
