import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { CheckoutFacts } from '../../store/records.js';
import { latestChargeOf } from '../charges/charge.js';
import type { PaymentMethodTypeParams } from '../intents/payment-method-types.js';
import { authenticationUrl } from '../intents/three-d-secure.js';
import { invoiceOf } from '../invoices/pay.js';
import { ACCEPTED_ON_PAGE } from '../mandates/mandate.js';
import { confirmPaymentIntent } from '../payment-intents/confirm.js';
import { createPaymentIntent } from '../payment-intents/payment-intent.js';
import { instructionsOf } from '../payment-intents/transfer.js';
import { confirmSetupIntent } from '../setup-intents/confirm.js';
import { collect, type Entered } from './collected.js';
import { invoiceSessionPayment } from './invoice-payment.js';
import { completeCheckout, ensureCustomer, reportLatePayment, updateGuestCustomer } from './complete.js';
import { redisplayOf, wantsToSave } from './saved-cards.js';
import { firstPayment, subscribeAtCheckout, subscriptionFacts } from './subscribe.js';

/**
 * Tries to pay a session. It completes when its payment succeeds, which may be after an authentication.
 * Source: https://docs.stripe.com/payments/checkout/how-checkout-works.
 * @returns the URL where the customer must authenticate, or is told how to transfer money; null if there is none
 * @throws StripeFailure 400 unless the session is open, 402 for a declined card
 */
export function payCheckout(
  ctx: Context,
  session: Stripe.Checkout.Session,
  paymentMethod: Stripe.PaymentMethod,
  entered: Entered = {},
): string | null {
  if (session.status !== 'open') throw failures.invalidRequest('This Checkout Session is no longer open.');
  requireAcceptedBySession(session, paymentMethod);
  const { email, name } = paymentMethod.billing_details;
  const collected = collect(session, entered, name);
  const contact = { email: email ?? session.customer_details?.email ?? null, name, ...collected };
  const { address, phone } = collected;
  const isNew = paymentMethod.customer === null;
  const savesMethod = isNew && wantsToSave(session, entered);
  const facts = ctx.store.checkoutFacts.update(session.id, { contact, savesMethod });
  const savesAs = isNew ? redisplayOf(session, facts) : undefined;
  ctx.store.paymentMethods.update(paymentMethod.id, {
    ...(savesAs && { allow_redisplay: savesAs }),
    ...((address || phone) && {
      billing_details: {
        ...paymentMethod.billing_details,
        ...(address && { address }),
        ...(phone && { phone }),
      },
    }),
  });
  updateGuestCustomer(ctx, session, facts);
  const confirmation = {
    paymentMethod,
    returnUrl: `${session.url}/done`,
    ...(paymentMethod.type === 'sepa_debit' && { authorization: ACCEPTED_ON_PAGE }),
  };
  if (session.mode === 'setup') {
    const setupIntent = setupIntentFor(ctx, session, facts);
    return authenticationUrl(confirmSetupIntent(ctx, setupIntent, confirmation));
  }
  const intent =
    session.mode === 'subscription'
      ? subscribeAtCheckout(ctx, session, facts, paymentMethod)
      : paymentIntentFor(ctx, session, facts);
  if (!intent) return null;
  const confirmed = confirmPaymentIntent(ctx, intent, confirmation);
  return instructionsOf(confirmed)?.hosted_instructions_url ?? authenticationUrl(confirmed);
}

/** @throws StripeFailure 400 for a type of payment method that the session does not take */
function requireAcceptedBySession(
  { payment_method_types: types }: Stripe.Checkout.Session,
  { type }: Stripe.PaymentMethod,
): void {
  if (types.includes(type)) return;
  throw failures.invalidRequest(`This Checkout Session takes no ${type}, only ${types.join(' and ')}.`);
}

/** Reports that the debit of a session that is complete has failed. */
export function reportFailedDebit(ctx: Context, intent: Stripe.PaymentIntent): void {
  const isDebit = intent.last_payment_error?.payment_method?.type === 'sepa_debit';
  const session = isDebit ? sessionOf(ctx, intent) : undefined;
  if (session?.status === 'complete') ctx.emit('checkout.session.async_payment_failed', session);
}

/** The session that a payment is for, if there is one. */
export function sessionOf(ctx: Context, intent: Stripe.PaymentIntent): Stripe.Checkout.Session | undefined {
  const invoice = invoiceOf(ctx, intent);
  const facts = invoice
    ? subscriptionFacts(ctx, invoice)
    : [...ctx.store.checkoutFacts.newestFirst({ where: { payment_intent: intent.id } })][0];
  return ctx.store.checkoutSessions.get(facts?.id ?? '');
}

/** Completes the session that a payment is for, or reports that it was paid later, if there is one. */
export function completePaidCheckout(ctx: Context, intent: Stripe.PaymentIntent): void {
  const [facts] = ctx.store.checkoutFacts.newestFirst({ where: { payment_intent: intent.id } });
  const session = ctx.store.checkoutSessions.get(facts?.id ?? '');
  const isPaid = intent.status === 'succeeded';
  const invoice = session && isPaid ? invoiceSessionPayment(ctx, session, intent) : null;
  if (session?.status === 'open') {
    const payment_status = isPaid ? 'paid' : 'unpaid';
    completeCheckout(ctx, facts!, { payment_intent: intent.id, payment_status, invoice });
  } else if (session?.status === 'complete' && isPaid && isDelayed(ctx, intent)) {
    reportLatePayment(ctx, ctx.store.checkoutSessions.update(session.id, { invoice }));
  }
}

/** Completes the session whose payment waits for a bank transfer, if there is one. */
export function completeTransferCheckout(ctx: Context, intent: Stripe.PaymentIntent): void {
  if (instructionsOf(intent)) completePaidCheckout(ctx, intent);
}

/** Whether a payment was made by something else than a card, which takes time. */
const isDelayed = (ctx: Context, intent: Stripe.PaymentIntent): boolean =>
  latestChargeOf(ctx, intent).payment_method_details?.type !== 'card';

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
  const customer = customerToSave(ctx, session, facts);
  // Of a card that its customer wants to be offered again, who will be there then.
  const usage = facts.payment_intent_data.setup_future_usage ?? (facts.savesMethod ? 'on_session' : null);
  if (existing) {
    const changes = { customer: customer ?? existing.customer, setup_future_usage: usage };
    return withShipping(ctx, ctx.store.paymentIntents.update(existing.id, changes), facts);
  }
  if (session.amount_total === 0) {
    completeCheckout(ctx, facts, { payment_status: 'paid' });
    return undefined;
  }
  const intent = createPaymentIntent(ctx, {
    ...facts.payment_intent_data,
    payment_method_options: methodOptions(session, facts),
    amount: session.amount_total!,
    currency: session.currency!,
    ...(customer !== null && { customer }),
    ...(usage !== null && { setup_future_usage: usage }),
    ...acceptedTypes(session),
  });
  ctx.store.checkoutFacts.update(session.id, { payment_intent: intent.id });
  return withShipping(ctx, intent, facts);
}

/** The types of payment method of a session's payment, if the session does not take the account's own. */
function acceptedTypes({
  allowed_payment_method_types: allowed,
  payment_method_types,
}: Stripe.Checkout.Session): PaymentMethodTypeParams {
  if (allowed) return { allowed_payment_method_types: allowed };
  return payment_method_types.includes('customer_balance') ? { payment_method_types } : {};
}

/** The options of a session's payment. How money is transferred is chosen for a session that does not list its types. */
function methodOptions(
  { payment_method_options: chosen }: Stripe.Checkout.Session,
  { payment_method_options: given }: CheckoutFacts,
): CheckoutFacts['payment_method_options'] {
  const funding_type = chosen?.customer_balance?.funding_type;
  if (!funding_type) return given;
  return { ...given, customer_balance: { ...given?.customer_balance, funding_type } };
}

/** A payment goes where the person who made the last attempt wants the goods. */
function withShipping(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  { contact }: CheckoutFacts,
): Stripe.PaymentIntent {
  if (!contact?.shipping) return intent;
  const { address, name } = contact.shipping;
  const shipping = { address, carrier: null, name, phone: contact.phone ?? null, tracking_number: null };
  return ctx.store.paymentIntents.update(intent.id, { shipping });
}

/** The session's customer, which is created if the session asks for it or saves a payment method. */
function customerToSave(
  ctx: Context,
  { customer_creation, invoice_creation }: Stripe.Checkout.Session,
  facts: CheckoutFacts,
): string | null {
  const isRequired =
    customer_creation === 'always' ||
    invoice_creation?.enabled === true ||
    facts.savesMethod === true ||
    facts.payment_intent_data.setup_future_usage !== undefined;
  return isRequired ? ensureCustomer(ctx, facts) : facts.customer;
}
