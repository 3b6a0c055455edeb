import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { CheckoutFacts } from '../../store/records.js';
import { detachPaymentMethod } from '../payment-methods/payment-method.js';
import type { Entered } from './collected.js';

type Session = Stripe.Checkout.Session;

/**
 * The saved cards that a session's page offers, newest first.
 * Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options.
 */
export function offeredCards(
  { store }: Context,
  { customer, payment_method_types: types, saved_payment_method_options: options }: Session,
): Stripe.PaymentMethod[] {
  const filters = options?.allow_redisplay_filters ?? [];
  if (typeof customer !== 'string' || !types.includes('card')) return [];
  const cards = store.paymentMethods.newestFirst({ where: { customer, type: 'card', isAttached: true } });
  return [...cards].filter(({ allow_redisplay = 'unspecified' }) => filters.includes(allow_redisplay));
}

/** @throws StripeFailure 400 for a card that the page does not offer */
export function offeredCard(ctx: Context, session: Session, id: string): Stripe.PaymentMethod {
  const card = offeredCards(ctx, session).find((each) => each.id === id);
  if (!card) throw failures.invalidRequest('This card is not offered.');
  return card;
}

/** @throws StripeFailure 400 unless the session lets its customer remove the card */
export function removeOfferedCard(ctx: Context, session: Session, id: string): void {
  const card = offeredCard(ctx, session, id);
  if (session.saved_payment_method_options?.payment_method_remove !== 'enabled') {
    throw failures.invalidRequest('Saved cards can not be removed here.');
  }
  detachPaymentMethod(ctx, card);
}

/** Whether a customer wants what was entered to be saved, if the session asks for it. */
export const wantsToSave = ({ saved_payment_method_options }: Session, { savesMethod }: Entered): boolean =>
  savesMethod === true && saved_payment_method_options?.payment_method_save === 'enabled';

/**
 * How a payment method that was entered may be shown again; undefined if it is not saved.
 * Source: https://support.stripe.com/questions/prefilling-saved-cards-in-checkout.
 */
export function redisplayOf(
  { mode }: Session,
  { allow_redisplay, payment_intent_data, savesMethod }: CheckoutFacts,
): Stripe.PaymentMethod.AllowRedisplay | undefined {
  if (savesMethod === true) return 'always';
  if (allow_redisplay !== undefined) return allow_redisplay;
  if (mode === 'setup') return 'always';
  return mode === 'subscription' || payment_intent_data.setup_future_usage ? 'limited' : undefined;
}
