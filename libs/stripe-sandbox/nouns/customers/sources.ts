import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { fromPath, notFound } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { isSource, toCardSource } from '../payment-methods/card-source.js';
import {
  attachPaymentMethod,
  createCard,
  detachPaymentMethod,
  requireAttachable,
  updatePaymentMethod,
} from '../payment-methods/payment-method.js';
import { saveCustomer } from './customer.js';
import type { createSourceParams, updateSourceParams } from './params.js';

/**
 * Attaches a card by its token, as it was done before payment methods. A first one is the customer's default source.
 * Source: https://docs.stripe.com/api/cards/create.
 * @throws StripeFailure 400 for an unknown token, 402 for a declined card
 */
export function createSource(
  ctx: Context,
  customer: Stripe.Customer,
  { source, metadata }: Params<typeof createSourceParams>,
): Stripe.Card {
  const card = createCard(ctx, source, 'source');
  requireAttachable(ctx, card);
  const attached = attachPaymentMethod(ctx, card, customer.id);
  const created = metadata ? updatePaymentMethod(ctx, attached, { metadata }) : attached;
  const current = ctx.store.customers.get(customer.id)!;
  if (current.default_source === null) saveCustomer(ctx, current, { default_source: created.id });
  ctx.emit('customer.source.created', toCardSource(created));
  return toCardSource(created);
}

/**
 * Makes a new card the customer's default source, in place of the old one.
 * Source: https://docs.stripe.com/api/customers/update#update_customer-source.
 * @throws StripeFailure 402 for a declined card
 */
export function replaceDefaultSource(
  ctx: Context,
  customer: Stripe.Customer,
  card: Stripe.PaymentMethod,
): Stripe.Customer {
  const old = ctx.store.paymentMethods.get((customer.default_source as string | null) ?? '');
  const attached = attachPaymentMethod(ctx, card, customer.id);
  ctx.emit('customer.source.created', toCardSource(attached));
  saveCustomer(ctx, customer, { default_source: attached.id });
  if (old) deleteSource(ctx, old);
  return ctx.store.customers.get(customer.id)!;
}

/** Source: https://docs.stripe.com/api/cards/update. */
export function updateSource(
  ctx: Context,
  before: Stripe.PaymentMethod,
  params: Params<typeof updateSourceParams>,
): Stripe.Card {
  const { exp_month, exp_year, metadata, name } = params;
  const address = {
    city: params.address_city,
    country: params.address_country,
    line1: params.address_line1,
    line2: params.address_line2,
    postal_code: params.address_zip,
    state: params.address_state,
  };
  const hasAddress = Object.values(address).some((line) => line !== undefined);
  const after = updatePaymentMethod(ctx, before, {
    ...((exp_month ?? exp_year) !== undefined && {
      card: { ...(exp_month !== undefined && { exp_month }), ...(exp_year !== undefined && { exp_year }) },
    }),
    ...((hasAddress || name !== undefined) && {
      billing_details: { ...(hasAddress && { address }), ...(name !== undefined && { name }) },
    }),
    ...(metadata !== undefined && { metadata }),
  });
  ctx.emit('customer.source.updated', toCardSource(after), toCardSource(before));
  return toCardSource(after);
}

/** Source: https://docs.stripe.com/api/cards/delete. */
export function deleteSource(ctx: Context, source: Stripe.PaymentMethod): Stripe.DeletedCard {
  ctx.emit('customer.source.deleted', toCardSource(source));
  detachPaymentMethod(ctx, source);
  return { id: source.id, object: 'card', deleted: true };
}

/** @throws StripeFailure 404 for a card that is not a source of the customer */
export function sourceFromPath(ctx: Context, customer: Stripe.Customer, id: string): Stripe.PaymentMethod {
  const source = fromPath(ctx.store.paymentMethods, id);
  if (source.customer !== customer.id || !isSource(source)) notFound(ctx.store.paymentMethods, id);
  return source;
}
