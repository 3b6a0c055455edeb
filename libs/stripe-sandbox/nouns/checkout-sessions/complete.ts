import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { contactOf } from './fields.js';
import type { CheckoutFacts } from '../../store/records.js';
import { saveCustomer, createCustomer } from '../customers/customer.js';

/** Ends a session well, showing what it was paid with. */
export function completeCheckout(
  ctx: Context,
  { id, contact }: CheckoutFacts,
  changes: Partial<Stripe.Checkout.Session>,
): void {
  const after = ctx.store.checkoutSessions.update(id, {
    ...changes,
    customer: ctx.store.checkoutFacts.get(id)!.customer,
    customer_details: contactOf(contact ?? { email: null }),
    status: 'complete',
    url: null,
  });
  schedule(ctx, 'checkoutSessions', id, { at: null });
  ctx.emit('checkout.session.completed', after);
}

/** A customer whom the session has made is called as was entered last. */
export function updateGuestCustomer(
  ctx: Context,
  session: Stripe.Checkout.Session,
  { customer, contact }: CheckoutFacts,
): void {
  const made = session.customer === null ? ctx.store.customers.get(customer ?? '') : undefined;
  if (made) saveCustomer(ctx, made, { email: contact!.email, name: contact!.name });
}

/** The session's customer, made of what was entered if there is none. */
export function ensureCustomer(ctx: Context, facts: CheckoutFacts): string {
  if (facts.customer !== null) return facts.customer;
  const { email, name } = facts.contact!;
  const { id } = createCustomer(ctx, { ...(email !== null && { email }), ...(name !== null && { name }) });
  ctx.store.checkoutFacts.update(facts.id, { customer: id });
  return id;
}
