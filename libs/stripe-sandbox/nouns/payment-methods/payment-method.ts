import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { addressFrom } from '../../http/address.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { fromParam, fromPath } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { endMandates } from '../mandates/mandate.js';
import {
  type CardDetails,
  type CardParams,
  fingerprintOf,
  readCard,
  requireValidExpiry,
  readToken,
} from './card-details.js';
import { cardError } from './declines.js';
import type { createParams, updateParams } from './params.js';
import { readIban, sepaDebitOf } from './sepa-debit.js';
import type { TestCard } from './test-card.js';
import { cardByName, cardByNumber } from './test-cards.js';

export const NO_BILLING_DETAILS: Stripe.PaymentMethod.BillingDetails = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

/** A card and its holder, as tokens take them. */
interface EnteredCard extends Omit<CardParams, 'token'> {
  name?: string;
  address_city?: string;
  address_country?: string;
  address_line1?: string;
  address_line2?: string;
  address_state?: string;
  address_zip?: string;
}

/** What a person enters on a page that accepts a card, or a bank account. */
export interface CardEntry {
  card: CardParams;
  iban?: string | undefined;
  /** Whether the customer transfers the money instead. */
  isTransfer: boolean;
  email: string;
  name: string | null;
}

/**
 * A payment method from what was entered on a page: a bank account in place of a card if there is an IBAN, or the
 * customer's cash balance.
 * @throws StripeFailure 400 for an invalid IBAN, 402 for an invalid card
 */
export function createEnteredPaymentMethod(
  ctx: Context,
  { card, email, iban, isTransfer, name }: CardEntry,
): Stripe.PaymentMethod {
  const billing_details = { email, name };
  if (isTransfer) return createPaymentMethod(ctx, { type: 'customer_balance', billing_details });
  return iban === undefined
    ? createPaymentMethod(ctx, { type: 'card', card, billing_details })
    : createPaymentMethod(ctx, { type: 'sepa_debit', sepa_debit: { iban }, billing_details });
}

/**
 * Source: https://docs.stripe.com/api/payment_methods/create.
 * @throws StripeFailure 400 for anything but a card, a SEPA debit or a customer balance, or an invalid IBAN, 402 for an invalid card
 */
export function createPaymentMethod(ctx: Context, params: Params<typeof createParams>): Stripe.PaymentMethod {
  if (params.type === undefined) throw failures.missing('type');
  const billing = mergeBillingDetails(NO_BILLING_DETAILS, params.billing_details);
  const extra = { allow_redisplay: params.allow_redisplay, metadata: mergeMetadata({}, params.metadata) };
  if (params.type === 'sepa_debit') {
    const account = readIban(params.sepa_debit?.iban, billing);
    return insertPaymentMethod(ctx, account.iban, billing, {
      ...extra,
      sepa_debit: sepaDebitOf(account),
      type: 'sepa_debit',
    });
  }
  if (params.type === 'customer_balance') {
    return insertPaymentMethod(ctx, '', billing, {
      ...extra,
      customer_balance: {},
      type: 'customer_balance',
    });
  }
  if (params.type !== 'card') {
    throw failures.invalidRequest(`The sandbox has no payment methods of type ${params.type}.`, {
      param: 'type',
    });
  }
  if (!params.card) throw failures.missing('card');
  return insertCard(ctx, cardDetailsOf(ctx, params.card), billing, extra);
}

/**
 * The payment method that a parameter names. A magic id such as `pm_card_visa` creates a new one.
 * @throws StripeFailure 400 for an unknown id
 */
export function resolvePaymentMethod(ctx: Context, id: string, param: string): Stripe.PaymentMethod {
  return createFromMagicId(ctx, id) ?? fromParam(ctx.store.paymentMethods, id, param);
}

/** As `resolvePaymentMethod`, for an id in the path. @throws StripeFailure 404 for an unknown id */
export function paymentMethodFromPath(ctx: Context, id: string): Stripe.PaymentMethod {
  return createFromMagicId(ctx, id) ?? fromPath(ctx.store.paymentMethods, id);
}

/** The test card that decides how a payment method behaves. */
export function testCardOf(ctx: Context, paymentMethodId: string): TestCard {
  const card = cardByNumber(ctx.store.cardFacts.get(paymentMethodId)?.number ?? '');
  if (!card) throw new Error(`${paymentMethodId} has no test card`);
  return card;
}

/**
 * The id of a payment method that a customer owns, which may be given as a magic id; null if none is given.
 * @throws StripeFailure 400 for an unknown one, or one of another customer
 */
export function requireOwnPaymentMethod(
  ctx: Context,
  customer: string,
  id: string | null | undefined,
  param: string,
): string | null {
  if (id === undefined || id === null) return null;
  const paymentMethod = resolvePaymentMethod(ctx, id, param);
  if (paymentMethod.customer === customer) return paymentMethod.id;
  throw failures.invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
}

/**
 * Attaches a payment method to a customer. Source: https://docs.stripe.com/api/payment_methods/attach.
 * @throws StripeFailure 400 if it has another customer or was detached, 402 if the issuer declines it
 */
export function attachPaymentMethod(
  ctx: Context,
  before: Stripe.PaymentMethod,
  customer: string,
): Stripe.PaymentMethod {
  if (before.customer === customer) return before;
  requireAttachable(ctx, before);
  checkCard(ctx, before);
  const after = ctx.store.paymentMethods.update(before.id, { customer });
  ctx.emit('payment_method.attached', after);
  return after;
}

/** Has the issuer check a card's CVC and address, which Stripe does when the card is first used. */
export function checkCard(ctx: Context, paymentMethod: Stripe.PaymentMethod): Stripe.PaymentMethod {
  const { card } = paymentMethod;
  if (!card?.checks) return paymentMethod;
  const { line1 = 'pass', postalCode = 'pass', cvc = 'pass' } = testCardOf(ctx, paymentMethod.id).checks;
  const { address_line1_check, address_postal_code_check, cvc_check } = card.checks;
  const checks = {
    address_line1_check: address_line1_check && line1,
    address_postal_code_check: address_postal_code_check && postalCode,
    cvc_check: cvc_check && cvc,
  };
  if (isDeepStrictEqual(checks, card.checks)) return paymentMethod;
  return ctx.store.paymentMethods.update(paymentMethod.id, { card: { ...card, checks } });
}

/** Checks that a payment method can be attached. @throws StripeFailure as `attachPaymentMethod` does */
export function requireAttachable(ctx: Context, paymentMethod: Stripe.PaymentMethod): void {
  if (paymentMethod.customer !== null) {
    throw failures.invalidRequest('The payment method you provided has already been attached to a customer.');
  }
  if (isUsedUp(ctx, paymentMethod.id)) {
    throw failures.invalidRequest(
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.',
    );
  }
  if (paymentMethod.type === 'customer_balance') {
    throw failures.invalidRequest(
      'A payment method of type `customer_balance` cannot be attached: each customer has a cash balance.',
    );
  }
  const card = paymentMethod.type === 'card' ? testCardOf(ctx, paymentMethod.id) : undefined;
  if (card?.decline && !card.canAttach) throw new StripeFailure(402, cardError(card.decline));
}

/**
 * Detaches a payment method, which can then not be used again.
 * Source: https://docs.stripe.com/api/payment_methods/detach.
 * @throws StripeFailure 400 for one that is not attached
 */
export function detachPaymentMethod(ctx: Context, before: Stripe.PaymentMethod): Stripe.PaymentMethod {
  if (before.customer === null) {
    throw failures.invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  }
  const after = ctx.store.paymentMethods.update(before.id, { customer: null });
  ctx.store.cardFacts.update(before.id, { isSpent: true });
  endMandates(ctx, before.id);
  const owner = ctx.store.customers.get(before.customer as string);
  if (owner) removeDefaults(ctx, owner, before.id);
  ctx.emit('payment_method.detached', after, before);
  return after;
}

function removeDefaults(ctx: Context, owner: Stripe.Customer, paymentMethodId: string): void {
  const isDefault = owner.invoice_settings.default_payment_method === paymentMethodId;
  const isDefaultSource = owner.default_source === paymentMethodId;
  if (!isDefault && !isDefaultSource) return;
  const after = ctx.store.customers.update(owner.id, {
    ...(isDefault && { invoice_settings: { ...owner.invoice_settings, default_payment_method: null } }),
    ...(isDefaultSource && { default_source: null }),
  });
  ctx.emit('customer.updated', after, owner);
}

/** Whether a payment method was detached, or paid without being attached: it can't be used again. */
export const isUsedUp = (ctx: Context, paymentMethodId: string): boolean =>
  ctx.store.cardFacts.get(paymentMethodId)?.isSpent === true;

/**
 * Source: https://docs.stripe.com/api/payment_methods/update.
 * @throws StripeFailure 400 for one that is not attached, 402 for an invalid expiry date
 */
export function updatePaymentMethod(
  ctx: Context,
  before: Stripe.PaymentMethod,
  params: Params<typeof updateParams>,
): Stripe.PaymentMethod {
  if (before.customer === null) {
    throw failures.invalidRequest('You must save this PaymentMethod to a customer before you can update it.');
  }
  const { card, billing_details, metadata, allow_redisplay } = params;
  if (card) requireValidExpiry({ ...before.card!, ...card }, ctx.now());
  const after = ctx.store.paymentMethods.update(before.id, {
    billing_details: mergeBillingDetails(before.billing_details, billing_details),
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
    ...(allow_redisplay && { allow_redisplay }),
    ...(card && before.card && { card: { ...before.card, ...card } }),
  });
  ctx.emit('payment_method.updated', after, before);
  return after;
}

/**
 * A card as customers had it before payment methods, which is a payment method with another prefix.
 * @throws StripeFailure 400 for an unknown token, or one that was used
 */
export const createCard = (ctx: Context, token: string, param: string): Stripe.PaymentMethod =>
  redeemToken(ctx, token) ??
  insertCard(ctx, readToken(token, ctx.now(), param), NO_BILLING_DETAILS, { id: newId('card') });

/** The card of a new token. @throws StripeFailure 400 for a missing field, 402 for an invalid card */
export function createEnteredCard(
  ctx: Context,
  { name, number, exp_month, exp_year, cvc, ...address }: EnteredCard,
): Stripe.PaymentMethod {
  const billing = mergeBillingDetails(NO_BILLING_DETAILS, {
    address: {
      city: address.address_city,
      country: address.address_country,
      line1: address.address_line1,
      line2: address.address_line2,
      postal_code: address.address_zip,
      state: address.address_state,
    },
    ...(name !== undefined && { name }),
  });
  const details = readCard({ number, exp_month, exp_year, cvc }, ctx.now());
  return insertCard(ctx, details, billing, { id: newId('card') });
}

/** The card of a token that a request made, which can be used once; undefined for another token. */
function redeemToken(ctx: Context, id: string): Stripe.PaymentMethod | undefined {
  const token = ctx.store.tokens.get(id);
  if (!token) return undefined;
  if (token.used) {
    throw failures.invalidRequest(`You cannot use a Stripe token more than once: ${id}.`, {
      code: 'token_already_used',
    });
  }
  ctx.store.tokens.update(id, { used: true });
  return ctx.store.paymentMethods.get(token.card!.id);
}

/** What `card` may be: entered, or a token. */
function cardDetailsOf(ctx: Context, params: CardParams): CardDetails {
  const made = params.token === undefined ? undefined : redeemToken(ctx, params.token);
  if (!made) return readCard(params, ctx.now());
  const { checks, exp_month, exp_year } = made.card!;
  return { card: testCardOf(ctx, made.id), exp_month, exp_year, hasCvc: checks?.cvc_check !== null };
}

function createFromMagicId(ctx: Context, id: string): Stripe.PaymentMethod | undefined {
  const card = id.startsWith('pm_') ? cardByName(id) : undefined;
  if (!card) return undefined;
  return insertCard(ctx, readCard({ token: id.replace('pm_card_', 'tok_') }, ctx.now()), NO_BILLING_DETAILS);
}

interface Extras {
  id?: string;
  allow_redisplay?: Stripe.PaymentMethod.AllowRedisplay;
  metadata?: Record<string, string>;
}

const insertCard = (
  ctx: Context,
  details: CardDetails,
  billing: Stripe.PaymentMethod.BillingDetails,
  extra: Extras = {},
): Stripe.PaymentMethod =>
  insertPaymentMethod(ctx, details.card.number, billing, {
    ...extra,
    card: buildCard(details, billing),
    type: 'card',
  });

/** @param number of the card, or the IBAN; empty without either */
function insertPaymentMethod(
  ctx: Context,
  number: string,
  billing_details: Stripe.PaymentMethod.BillingDetails,
  {
    id = newId('paymentMethod'),
    allow_redisplay = 'unspecified',
    metadata = {},
    ...details
  }: Extras & Pick<Stripe.PaymentMethod, 'card' | 'customer_balance' | 'sepa_debit' | 'type'>,
): Stripe.PaymentMethod {
  ctx.store.cardFacts.insert({ id, number, isSetUp: false, isSpent: false, authenticatedFor: null });
  return ctx.store.paymentMethods.insert({
    id,
    object: 'payment_method',
    allow_redisplay,
    billing_details,
    ...details,
    created: ctx.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
  });
}

/** Brands whose `display_brand` differs. */
const DISPLAY_BRANDS: Record<string, string> = {
  amex: 'american_express',
  diners: 'diners_club',
  unionpay: 'union_pay',
  unknown: 'other',
};

function buildCard(
  { card, exp_month, exp_year, hasCvc }: CardDetails,
  { address }: Stripe.PaymentMethod.BillingDetails,
): Stripe.PaymentMethod.Card {
  const { brand, otherNetwork, funding, country } = card;
  return {
    brand,
    checks: {
      address_line1_check: address?.line1 ? 'unchecked' : null,
      address_postal_code_check: address?.postal_code ? 'unchecked' : null,
      cvc_check: hasCvc ? 'unchecked' : null,
    },
    country,
    display_brand: DISPLAY_BRANDS[brand] ?? brand,
    exp_month,
    exp_year,
    fingerprint: fingerprintOf(card.number),
    funding,
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [brand, ...(otherNetwork ? [otherNetwork] : [])], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: card.threeDSecure !== 'unsupported' },
    wallet: null,
  };
}

type Billing = Params<typeof createParams>['billing_details'];

function mergeBillingDetails(
  before: Stripe.PaymentMethod.BillingDetails,
  { address, ...rest }: NonNullable<Billing> = {},
): Stripe.PaymentMethod.BillingDetails {
  return { ...before, ...rest, ...(address !== undefined && { address: addressFrom(address ?? {}) }) };
}
