import { createHash, randomInt, randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { ThreeDSecure } from '../payment-methods/test-card.js';
import type { Attempt } from './attempt.js';

type Result = Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure;

/** How 3D Secure ends, and the indicators of Visa and Mastercard for it. */
const RESULTS = {
  challenge: { result: 'authenticated', authentication_flow: 'challenge', visa: '05', mastercard: '02' },
  frictionless: {
    result: 'authenticated',
    authentication_flow: 'frictionless',
    visa: '05',
    mastercard: '02',
  },
  unenrolled: { result: 'attempt_acknowledged', authentication_flow: null, visa: '06', mastercard: '01' },
  error: { result: 'processing_error', authentication_flow: null, visa: null, mastercard: null },
} as const;

/**
 * A card as its charge remembers it. Source: https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card.
 * @param captureBefore unix seconds at which an uncaptured charge lapses
 */
export function chargedCard(
  { intent, paymentMethod, threeDSecure, decline }: Attempt,
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
    network_transaction_id: networkTransactionId(fingerprint!),
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status,
    three_d_secure: threeDSecureResult(brand, threeDSecure),
    transaction_link_id: null,
    wallet: null,
  };
}

/** How 3D Secure went, as charges and setup attempts tell of it; null where it could not be asked for, or was not. */
export function threeDSecureResult(brand: string, threeDSecure: ThreeDSecure | undefined): Result | null {
  if (threeDSecure === undefined || threeDSecure === 'unsupported') return null;
  const { result, authentication_flow, visa, mastercard } = RESULTS[threeDSecure];
  return {
    authentication_flow,
    electronic_commerce_indicator: brand === 'mastercard' ? mastercard : visa,
    exemption_indicator: null,
    result,
    result_reason: null,
    transaction_id: randomUUID(),
    version: '2.2.0',
  };
}

/** Stripe's test network gives one card the same number every time. */
function networkTransactionId(fingerprint: string): string {
  const digest = createHash('sha256').update(fingerprint).digest();
  return String(100_000_000_000_000 + (digest.readUIntBE(0, 6) % 900_000_000_000_000));
}
