import { createHash, randomInt, randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { ThreeDSecure } from '../payment-methods/test-card.js';
import type { ChargeAttempt } from './attempt.js';

type Result = Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure;

/** The results of 3D Secure, with the electronic commerce indicators of Visa and Mastercard. */
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
 * The card as its charge shows it.
 * Source: https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card.
 * @param captureBefore Unix seconds at which the hold of an uncaptured charge ends
 */
export function chargedCard(
  { intent, paymentMethod, threeDSecure, decline }: ChargeAttempt,
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

/** The result of 3D Secure, as charges and setup attempts show it; null if it was not supported or not required. */
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

/** In Stripe's test mode one card always gets the same id. */
function networkTransactionId(fingerprint: string): string {
  const digest = createHash('sha256').update(fingerprint).digest();
  return String(100_000_000_000_000 + (digest.readUIntBE(0, 6) % 900_000_000_000_000));
}
