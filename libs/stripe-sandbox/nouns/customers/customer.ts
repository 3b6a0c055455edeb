import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { addressFrom } from '../../http/address.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { omit } from '../../omit.js';
import { newId, randomText } from '../../store/ids.js';
import { updateCashBalance } from '../cash-balance/cash-balance.js';
import { recordBalanceChange } from '../customer-balance/balance-change.js';
import { setCustomerDiscount } from '../discounts/discount.js';
import { readOlderRedemptions } from '../discounts/redemption.js';
import { isSource, toCardSource } from '../payment-methods/card-source.js';
import {
  attachPaymentMethod,
  createCard,
  requireAttachable,
  resolvePaymentMethod,
} from '../payment-methods/payment-method.js';
import { createTaxId, requireFormat } from '../tax-ids/tax-id.js';
import type { createParams, updateParams } from './params.js';

/** Source: https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage#limitations. */
const MAX_CUSTOMERS_PER_CLOCK = 3;

/**
 * Source: https://docs.stripe.com/api/customers/create.
 * @throws StripeFailure 400 for an unknown reference or a full test clock, 402 for a declined payment method
 */
export function createCustomer(ctx: Context, params: Params<typeof createParams>): Stripe.Customer {
  if (params.test_clock !== undefined) requireClockCapacity(ctx, params.test_clock);
  if (params.id !== undefined) requireFreeId(ctx, params.id);
  const draft = buildCustomer(ctx, params.test_clock);
  const source = params.source === undefined ? undefined : createCard(ctx, params.source, 'source');
  const paymentMethod =
    params.payment_method === undefined
      ? undefined
      : resolvePaymentMethod(ctx, params.payment_method, 'payment_method');
  const customer = { ...draft, ...changesFrom(draft, params), default_source: source?.id ?? null };
  const { invoice_settings } = customer;
  if (paymentMethod && invoice_settings.default_payment_method === params.payment_method) {
    // The same magic id in both parameters means one payment method.
    customer.invoice_settings = { ...invoice_settings, default_payment_method: paymentMethod.id };
  }
  requireOwnDefaultPaymentMethod(ctx, customer, paymentMethod?.id);
  const redemptions = readOlderRedemptions(ctx, params, { customer: null, currency: null });
  for (const attached of [paymentMethod, source]) if (attached) requireAttachable(ctx, attached);
  const taxIds = params.tax_id_data ?? [];
  for (const { type, value } of taxIds) requireFormat(type, value);
  ctx.store.customers.insert(customer);
  recordManualBalance(ctx, draft, customer, 'initial');
  if (params.cash_balance) updateCashBalance(ctx, customer.id, params.cash_balance);
  ctx.emit('customer.created', customer);
  for (const taxId of taxIds) createTaxId(ctx, customer.id, taxId);
  if (paymentMethod) attachPaymentMethod(ctx, paymentMethod, customer.id);
  if (source) {
    const attached = attachPaymentMethod(ctx, source, customer.id);
    ctx.emit('customer.source.created', toCardSource(attached));
  }
  if (redemptions) setCustomerDiscount(ctx, customer.id, redemptions[0]);
  return ctx.store.customers.get(customer.id)!;
}

/**
 * Source: https://docs.stripe.com/api/customers/update.
 * @throws StripeFailure 400 for a default payment method that is not the customer's
 */
export function updateCustomer(
  ctx: Context,
  before: Stripe.Customer,
  params: Params<typeof updateParams>,
): Stripe.Customer {
  const changes = changesFrom(before, params);
  requireOwnDefaultPaymentMethod(ctx, { ...before, ...changes });
  requireOwnSource(ctx, before, params.default_source);
  const { id: customer, currency = null } = before;
  const redemptions = readOlderRedemptions(ctx, params, { customer, currency });
  if (redemptions) setCustomerDiscount(ctx, customer, redemptions[0]);
  recordManualBalance(ctx, before, { ...before, ...changes }, 'adjustment');
  if (params.cash_balance) updateCashBalance(ctx, customer, params.cash_balance);
  return saveCustomer(ctx, before, changes);
}

/** Records a balance that a request sets. */
function recordManualBalance(
  ctx: Context,
  before: Stripe.Customer,
  { balance, currency }: Stripe.Customer,
  type: 'adjustment' | 'initial',
): void {
  if (balance === before.balance) return;
  const amount = balance - before.balance;
  recordBalanceChange(ctx, before, { amount, currency: currency ?? 'usd', type });
}

/** Saves changes to a customer, and emits `customer.updated` if there are any. */
export function saveCustomer(
  ctx: Context,
  before: Stripe.Customer,
  changes: Partial<Stripe.Customer>,
): Stripe.Customer {
  const after = ctx.store.customers.update(before.id, changes);
  if (!isDeepStrictEqual(after, before)) ctx.emit('customer.updated', after, before);
  return after;
}

/**
 * Deletes a customer and detaches its payment methods, which can then not be used again.
 * Source: https://docs.stripe.com/api/customers/delete.
 */
export function deleteCustomer(ctx: Context, customer: Stripe.Customer): Stripe.DeletedCustomer {
  const { paymentMethods, cardFacts } = ctx.store;
  const owned = [...paymentMethods.newestFirst({ where: { customer: customer.id } })];
  for (const { id } of owned) {
    paymentMethods.update(id, { customer: null });
    cardFacts.update(id, { isSpent: true });
  }
  ctx.store.customers.remove(customer.id);
  ctx.emit('customer.deleted', customer);
  const tombstone = { id: customer.id, object: 'customer', deleted: true } as const;
  ctx.store.tombstones.insert(tombstone);
  return tombstone;
}

function requireOwnSource({ store }: Context, { id }: Stripe.Customer, source: string | undefined): void {
  if (source === undefined) return;
  const found = store.paymentMethods.get(source);
  if (found?.customer === id && isSource(found)) return;
  throw failures.noSuch('source', source, 'default_source', 400);
}

function requireFreeId({ store }: Context, id: string): void {
  if (!store.customers.get(id) && !store.tombstones.get(id)) return;
  throw failures.invalidRequest('Customer already exists.', { code: 'resource_already_exists', param: 'id' });
}

function requireClockCapacity({ store }: Context, test_clock: string): void {
  fromParam(store.testClocks, test_clock, 'test_clock');
  if ([...store.customers.newestFirst({ where: { test_clock } })].length < MAX_CUSTOMERS_PER_CLOCK) return;
  throw failures.invalidRequest(`A test clock can have at most ${MAX_CUSTOMERS_PER_CLOCK} customers.`, {
    param: 'test_clock',
  });
}

function buildCustomer(ctx: Context, test_clock: string | undefined): Stripe.Customer {
  const clock =
    test_clock === undefined ? undefined : fromParam(ctx.store.testClocks, test_clock, 'test_clock');
  return {
    id: newId('customer'),
    object: 'customer',
    address: null,
    balance: 0,
    created: clock?.frozen_time ?? ctx.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: test_clock ?? null,
  };
}

function changesFrom(before: Stripe.Customer, params: Params<typeof createParams>): Partial<Stripe.Customer> {
  const changes = omit(
    params,
    'cash_balance',
    'coupon',
    'payment_method',
    'promotion_code',
    'source',
    'tax_id_data',
  );
  const { address, shipping, invoice_settings, metadata, ...plain } = changes;
  return {
    ...plain,
    // Stripe omits these two when they are unset.
    business_name: (plain.business_name === undefined ? before : plain).business_name ?? undefined,
    individual_name: (plain.individual_name === undefined ? before : plain).individual_name ?? undefined,
    tax_exempt: plain.tax_exempt === null ? 'none' : (plain.tax_exempt ?? before.tax_exempt),
    ...(address !== undefined && { address: address && addressFrom(address) }),
    ...(shipping !== undefined && { shipping: shipping && shippingFrom(shipping) }),
    ...(invoice_settings && {
      invoice_settings: { ...before.invoice_settings, ...invoiceSettingsFrom(invoice_settings) },
    }),
    metadata: mergeMetadata(before.metadata, metadata),
  };
}

type ShippingParams = NonNullable<Params<typeof createParams>['shipping']>;

function shippingFrom({ address, name, phone = null }: ShippingParams): Stripe.Customer.Shipping {
  return { address: addressFrom(address), name, phone };
}

type InvoiceSettingsParams = NonNullable<Params<typeof createParams>['invoice_settings']>;

function invoiceSettingsFrom(params: InvoiceSettingsParams): Partial<Stripe.Customer.InvoiceSettings> {
  const { rendering_options: rendering, ...rest } = params;
  if (rendering === undefined) return rest;
  const { amount_tax_display = null, template = null } = rendering ?? {};
  return { ...rest, rendering_options: rendering && { amount_tax_display, template } };
}

/** The default payment method must be the customer's own, or the one that is about to be attached. */
function requireOwnDefaultPaymentMethod(ctx: Context, customer: Stripe.Customer, attaching?: string): void {
  const chosen = customer.invoice_settings.default_payment_method as string | null;
  if (chosen === null || chosen === attaching) return;
  const param = 'invoice_settings[default_payment_method]';
  const paymentMethod = fromParam(ctx.store.paymentMethods, chosen, param);
  if (paymentMethod.customer !== customer.id) {
    throw failures.invalidRequest(
      `The customer does not have a payment method with the ID ${chosen}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param },
    );
  }
}
