import { createHash } from 'node:crypto';
import { failures, StripeFailure } from '../../http/errors.js';
import type { TestCard } from './test-card.js';
import { cardByName, cardByNumber } from './test-cards.js';

/** An entered card, or a token for one. */
export interface CardParams {
  number?: string;
  exp_month?: number;
  exp_year?: number;
  cvc?: string;
  token?: string;
}

/** A card that has passed validation. */
export interface CardDetails {
  card: TestCard;
  exp_month: number;
  exp_year: number;
  hasCvc: boolean;
}

const invalidCard = (code: string, param: string, message: string): StripeFailure =>
  new StripeFailure(402, { type: 'card_error', code, param, message });

/**
 * Finds the test card and checks the entered data. Source: https://docs.stripe.com/testing#invalid-data.
 * @throws StripeFailure 400 for an unknown token or a missing field, 402 for an invalid number, date or CVC
 */
export function readCard(params: CardParams, nowSeconds: number): CardDetails {
  if (params.token !== undefined) return readToken(params.token, nowSeconds, 'card[token]');
  const { number, exp_month, exp_year, cvc } = params;
  if (number === undefined) throw failures.missing('card[number]');
  if (exp_month === undefined) throw failures.missing('card[exp_month]');
  if (exp_year === undefined) throw failures.missing('card[exp_year]');
  const card = findTestCard(number);
  const year = exp_year < 100 ? 2000 + exp_year : exp_year;
  requireValidExpiry({ exp_month, exp_year: year }, nowSeconds);
  if (cvc !== undefined && !(card.brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/).test(cvc)) {
    throw invalidCard('invalid_cvc', 'cvc', "Your card's security code is invalid.");
  }
  return { card, exp_month, exp_year: year, hasCvc: cvc !== undefined };
}

/**
 * The card of one of Stripe's test tokens, which expires in a year.
 * @throws StripeFailure 400 for an unknown token
 */
export function readToken(token: string, nowSeconds: number, param: string): CardDetails {
  const card = token.startsWith('tok_') ? cardByName(token) : undefined;
  if (!card) throw failures.noSuch('token', token, param, 400);
  const now = new Date(nowSeconds * 1000);
  return { card, exp_month: now.getUTCMonth() + 1, exp_year: now.getUTCFullYear() + 1, hasCvc: true };
}

function findTestCard(text: string): TestCard {
  const number = text.replaceAll(/[ -]/g, '');
  const card = cardByNumber(number);
  if (card) return card;
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) {
    throw invalidCard('incorrect_number', 'number', 'Your card number is incorrect.');
  }
  throw new StripeFailure(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'test_mode_live_card',
    message:
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  });
}

/** @throws StripeFailure 402 for an expiry date that does not exist, has passed, or is too far in the future */
export function requireValidExpiry(
  { exp_month: month, exp_year: year }: { exp_month: number; exp_year: number },
  nowSeconds: number,
): void {
  const now = new Date(nowSeconds * 1000);
  const [thisYear, thisMonth] = [now.getUTCFullYear(), now.getUTCMonth() + 1];
  const isMonth = month >= 1 && month <= 12;
  if (isMonth && (year < thisYear || year > thisYear + 50)) {
    throw invalidCard('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.");
  }
  if (!isMonth || (year === thisYear && month < thisMonth)) {
    throw invalidCard('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.");
  }
}

/** All payment methods of one card or bank account have the same fingerprint. */
export function fingerprintOf(number: string): string {
  return createHash('sha256')
    .update(number)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 16);
}

/** The checksum of card numbers, ISO/IEC 7812-1. */
export function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
