import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import type { CheckoutFacts, Contact } from '../../store/records.js';
import { createCustomer, saveCustomer } from '../customers/customer.js';
import { redeemSessionDiscount } from './discounts.js';
import { buildCustomerDetails } from './fields.js';

/**
 * Completes a session.
 * @param changes what the session shows of its payment
 */
export function completeCheckout(
  ctx: Context,
  facts: CheckoutFacts,
  changes: Partial<Stripe.Checkout.Session>,
): void {
  const { id, contact } = facts;
  const { customer } = ctx.store.checkoutFacts.get(id)!;
  const after = ctx.store.checkoutSessions.update(id, {
    ...changes,
    ...(contact && collectedFields(contact)),
    customer,
    customer_details: buildCustomerDetails(contact ?? { email: null }),
    status: 'complete',
    url: null,
  });
  schedule(ctx, 'checkoutSessions', id, { at: null });
  const saved = ctx.store.customers.get(facts.customer ?? '');
  if (saved && contact)
    saveCustomer(ctx, saved, { ...missingEmail(saved, contact), ...wishedUpdate(facts, contact) });
  redeemSessionDiscount(ctx, after, ctx.store.checkoutFacts.get(id)!);
  ctx.emit('checkout.session.completed', after);
}

/** What a session shows of what its page has collected. */
function collectedFields(contact: Contact): Partial<Stripe.Checkout.Session> {
  const { businessName = null, consent, customFields, individualName = null, shipping = null } = contact;
  const isCollected = businessName !== null || individualName !== null || shipping !== null;
  return {
    ...(isCollected && {
      collected_information: {
        business_name: businessName,
        individual_name: individualName,
        shipping_details: shipping,
      },
    }),
    ...(consent && { consent }),
    ...(customFields && { custom_fields: customFields }),
  };
}

/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer. */
const missingEmail = (customer: Stripe.Customer, { email }: Contact): Partial<Stripe.Customer> =>
  customer.email === null && email !== null ? { email } : {};

/** What `customer_update` saves of what was entered. */
function wishedUpdate(
  { savesAddress, savesName, savesShipping }: CheckoutFacts,
  { address, name, phone, shipping }: Contact,
): Partial<Stripe.Customer> {
  return {
    ...(savesName && name !== null && { name }),
    ...(savesAddress && address && { address }),
    ...(savesShipping && shipping && { shipping: { ...shipping, phone: phone ?? undefined } }),
    // Source: https://docs.stripe.com/payments/checkout/phone-numbers.
    ...(phone && { phone }),
  };
}

/**
 * Reports that a session that is complete was paid by a debit or a bank transfer.
 * Source: https://docs.stripe.com/payments/checkout/fulfill-orders.
 */
export function reportLatePayment(ctx: Context, { id }: Stripe.Checkout.Session): void {
  const after = ctx.store.checkoutSessions.update(id, { payment_status: 'paid' });
  ctx.emit('checkout.session.async_payment_succeeded', after);
}

/** Gives a customer that the session has created the email and name that were entered last. */
export function updateGuestCustomer(
  ctx: Context,
  session: Stripe.Checkout.Session,
  { customer, contact }: CheckoutFacts,
): void {
  const guest = session.customer === null ? ctx.store.customers.get(customer ?? '') : undefined;
  if (!guest) return;
  const { address, email, name, phone, shipping } = contact!;
  saveCustomer(ctx, guest, { email, name, ...guestFields({ address, phone, shipping }) });
}

/** The id of the session's customer, which is created from the entered contact if there is none. */
export function ensureCustomer(ctx: Context, facts: CheckoutFacts): string {
  if (facts.customer !== null) return facts.customer;
  const { address, email, name, phone, shipping } = facts.contact!;
  const { id } = createCustomer(ctx, {
    ...(email !== null && { email }),
    ...(name !== null && { name }),
    ...guestFields({ address, phone, shipping }),
  });
  ctx.store.checkoutFacts.update(facts.id, { customer: id });
  return id;
}

/** What a customer that the session has created gets of what was collected. */
const guestFields = ({ address, phone, shipping }: Pick<Contact, 'address' | 'phone' | 'shipping'>) => ({
  ...(address && { address }),
  ...(phone && { phone }),
  ...(shipping && { shipping: { ...shipping, phone: phone ?? undefined } }),
});
