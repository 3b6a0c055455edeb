import { createHash, randomInt, randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { Attempt } from './charge.js';

/** The Visa and Mastercard words for an authenticated payment. */
const AUTHENTICATED: Record<string, '02' | '05'> = { mastercard: '02' };

/**
 * A card as its charge remembers it. Source: https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card.
 * @param captureBefore unix seconds at which an uncaptured charge lapses
 */
export function chargedCard(
  { intent, paymentMethod, isAuthenticated, decline }: Attempt,
  captureBefore: number | undefined,
): Stripe.Charge.PaymentMethodDetails.Card {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, regulated_status } =
    paymentMethod.card!;
  return {
    amount_authorized: decline ? null : intent.amount,
    authorization_code: String(randomInt(100_000, 1_000_000)),
    brand,
    ...(captureBefore !== undefined && { capture_before: captureBefore }),
    checks,
    country,
    electronic_commerce_indicator: null,
    exp_month,
    exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint,
    funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: brand,
    network_token: { used: false },
    network_transaction_id: networkTransactionOf(fingerprint!),
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status,
    three_d_secure: isAuthenticated ? threeDSecureOf(brand) : null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** A passed challenge, as charges and setup attempts tell of it. */
export function threeDSecureOf(brand: string): Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure {
  return {
    authentication_flow: 'challenge',
    electronic_commerce_indicator: AUTHENTICATED[brand] ?? '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: randomUUID(),
    version: '2.2.0',
  };
}

/** Stripe's test network gives one card the same number every time. */
function networkTransactionOf(fingerprint: string): string {
  const digest = createHash('sha256').update(fingerprint).digest();
  return String(100_000_000_000_000 + (digest.readUIntBE(0, 6) % 900_000_000_000_000));
}
