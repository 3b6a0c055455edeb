import type Stripe from 'stripe';

/** The names of brands in the Sources API. */
const BRANDS: Record<string, string> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'MasterCard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** A payment method that is a customer's source, as a card. Source: https://docs.stripe.com/api/cards/object. */
export function toCardSource(paymentMethod: Stripe.PaymentMethod): Stripe.Card {
  const { id, billing_details, customer, metadata } = paymentMethod;
  const { address, name } = billing_details;
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, regulated_status } =
    paymentMethod.card!;
  return {
    id,
    object: 'card',
    address_city: address?.city ?? null,
    address_country: address?.country ?? null,
    address_line1: address?.line1 ?? null,
    address_line1_check: checks?.address_line1_check ?? null,
    address_line2: address?.line2 ?? null,
    address_state: address?.state ?? null,
    address_zip: address?.postal_code ?? null,
    address_zip_check: checks?.address_postal_code_check ?? null,
    allow_redisplay: paymentMethod.allow_redisplay,
    brand: BRANDS[brand] ?? 'Unknown',
    country,
    customer,
    cvc_check: checks?.cvc_check ?? null,
    dynamic_last4: null,
    exp_month,
    exp_year,
    fingerprint,
    funding,
    last4,
    metadata,
    name,
    regulated_status,
    tokenization_method: null,
  };
}

/** Whether a payment method was made from a token, as a source. */
export const isSource = ({ id }: Stripe.PaymentMethod): boolean => id.startsWith('card_');
