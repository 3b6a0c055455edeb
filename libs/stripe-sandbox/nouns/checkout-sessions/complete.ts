import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import type { CheckoutFacts } from '../../store/records.js';
import { createCustomer, saveCustomer } from '../customers/customer.js';
import { redeemSessionDiscount } from './discounts.js';
import { buildCustomerDetails } from './fields.js';

/**
 * Completes a session.
 * @param changes what the session shows of its payment
 */
export function completeCheckout(
  ctx: Context,
  { id, contact, customer, savesName }: CheckoutFacts,
  changes: Partial<Stripe.Checkout.Session>,
): void {
  const after = ctx.store.checkoutSessions.update(id, {
    ...changes,
    customer: ctx.store.checkoutFacts.get(id)!.customer,
    customer_details: buildCustomerDetails(contact ?? { email: null }),
    status: 'complete',
    url: null,
  });
  schedule(ctx, 'checkoutSessions', id, { at: null });
  const saved = savesName ? ctx.store.customers.get(customer ?? '') : undefined;
  if (saved && contact?.name) saveCustomer(ctx, saved, { name: contact.name });
  redeemSessionDiscount(ctx, after, ctx.store.checkoutFacts.get(id)!);
  ctx.emit('checkout.session.completed', after);
}

/** Gives a customer that the session has created the email and name that were entered last. */
export function updateGuestCustomer(
  ctx: Context,
  session: Stripe.Checkout.Session,
  { customer, contact }: CheckoutFacts,
): void {
  const guest = session.customer === null ? ctx.store.customers.get(customer ?? '') : undefined;
  if (guest) saveCustomer(ctx, guest, { email: contact!.email, name: contact!.name });
}

/** The id of the session's customer, which is created from the entered contact if there is none. */
export function ensureCustomer(ctx: Context, facts: CheckoutFacts): string {
  if (facts.customer !== null) return facts.customer;
  const { email, name } = facts.contact!;
  const { id } = createCustomer(ctx, { ...(email !== null && { email }), ...(name !== null && { name }) });
  ctx.store.checkoutFacts.update(facts.id, { customer: id });
  return id;
}
