import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { saveCustomer } from '../customers/customer.js';
import { authenticationUrl } from '../intents/three-d-secure.js';
import { confirmSetupIntent } from '../setup-intents/confirm.js';
import { createSetupIntent } from '../setup-intents/setup-intent.js';

/**
 * Sets up a card for a session's customer.
 * @returns the URL where the cardholder must authenticate; null if that is not required
 * @throws StripeFailure 402 for a declined card
 */
export function addCard(
  ctx: Context,
  session: Stripe.BillingPortal.Session,
  paymentMethod: Stripe.PaymentMethod,
  returnUrl: string,
): string | null {
  const intent = createSetupIntent(ctx, { customer: session.customer });
  const url = authenticationUrl(confirmSetupIntent(ctx, intent, { paymentMethod, returnUrl }));
  if (url === null) makeDefaultIfDue(ctx, session, paymentMethod.id);
  return url;
}

/**
 * Makes a card that was added the default if the customer has none, or came to update it.
 * Source: https://docs.stripe.com/customer-management/portal-deep-links.
 */
export function makeDefaultIfDue(
  ctx: Context,
  session: Stripe.BillingPortal.Session,
  paymentMethod: string,
): void {
  const customer = ctx.store.customers.get(session.customer)!;
  const hasDefault = customer.invoice_settings.default_payment_method !== null;
  if (!hasDefault || session.flow?.type === 'payment_method_update')
    makeDefault(ctx, customer, paymentMethod);
}

/** Makes a payment method the one that pays the customer's invoices. */
export const makeDefault = (
  ctx: Context,
  customer: Stripe.Customer,
  default_payment_method: string,
): Stripe.Customer =>
  saveCustomer(ctx, customer, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method },
  });
