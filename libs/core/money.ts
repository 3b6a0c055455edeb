import { type Currency, currencyFacts } from './currency.js';

/** An amount in the minor units of Stripe's API: 1999 is 19.99 USD, 500 is 500 JPY or 5 ISK. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: Currency;
}

const MESSAGES = {
  'not-a-decimal': 'must be a plain decimal number such as "5.00" or "5", and more than zero',
  'wrong-decimals': 'must have all decimals of its currency, or none',
  'not-an-integer': 'must be an integer of minor units, as a number or a string of digits',
  'not-positive': 'must be more than zero',
  'not-a-multiple': 'has more precision than the currency allows',
  'too-large': 'has too many digits',
} as const;

/** Why a value is not an amount. */
export type MoneyErrorReason = keyof typeof MESSAGES;

/** The value is not an amount. The message follows a field's name and never repeats the input. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';

  constructor(readonly reason: MoneyErrorReason) {
    super(MESSAGES[reason]);
  }
}

/** Stripe would not charge this amount. The message states the limit and never repeats the input. */
export class AmountOutOfRangeError extends Error {
  override readonly name = 'AmountOutOfRangeError';

  constructor(
    readonly bound: 'minimum' | 'maximum',
    readonly limit: Money,
  ) {
    const text = `${formatDecimalAmount(limit.amountMinor, limit.currency)} ${limit.currency.toUpperCase()}`;
    super(bound === 'minimum' ? `must be at least ${text}` : `must be at most ${text}`);
  }
}

/**
 * A positive decimal amount that is valid in at least one currency.
 * Twelve digits before the point plus three of minor units still fit a safe integer.
 */
export const DECIMAL_AMOUNT = /^(?=.*[1-9])(0|[1-9][0-9]{0,11})(?:\.([0-9]{2,3}))?$/;
const INTEGER = /^(?:0|[1-9][0-9]*)$/;

/**
 * Parses a decimal amount ("5.00", "5"; "500" JPY; "5.120" KWD) into minor units.
 * The decimal point is moved in the string, so nothing is ever rounded.
 *
 * @throws {MoneyError} for anything but a positive plain decimal that the currency can represent exactly
 */
export function parseDecimalAmount(text: string, currency: Currency): number {
  const [, integer, fraction] = DECIMAL_AMOUNT.exec(text) ?? [];
  if (integer === undefined) throw new MoneyError('not-a-decimal');
  const { decimals, exponent } = currencyFacts(currency);
  if (fraction !== undefined && fraction.length !== decimals) throw new MoneyError('wrong-decimals');
  return checkAmount(Number(integer + (fraction ?? '').padEnd(exponent, '0')), currency);
}

/**
 * Parses an amount of minor units, given as a JSON number (3000) or a string of digits ("3000").
 *
 * @throws {MoneyError} for anything but a positive safe integer that Stripe accepts in the currency
 */
export function parseMinorAmount(value: unknown, currency: Currency): number {
  const amountMinor = typeof value === 'string' && INTEGER.test(value) ? Number(value) : value;
  if (typeof amountMinor !== 'number') throw new MoneyError('not-an-integer');
  return checkAmount(amountMinor, currency);
}

function checkAmount(amountMinor: number, currency: Currency): number {
  if (amountMinor > Number.MAX_SAFE_INTEGER) throw new MoneyError('too-large');
  if (!Number.isInteger(amountMinor)) throw new MoneyError('not-an-integer');
  if (amountMinor <= 0) throw new MoneyError('not-positive');
  if (amountMinor % currencyFacts(currency).stepMinor !== 0) throw new MoneyError('not-a-multiple');
  return amountMinor;
}

/**
 * Formats minor units as a decimal: 1999 USD is "19.99", 500 ISK is "5".
 *
 * @throws {RangeError} for a negative or unsafe amount, or one that the currency's decimals cannot represent
 */
export function formatDecimalAmount(amountMinor: number, currency: Currency): string {
  const { decimals, exponent } = currencyFacts(currency);
  const droppedDigits = exponent - decimals;
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0 || amountMinor % 10 ** droppedDigits !== 0) {
    throw new RangeError('not an amount of the currency');
  }
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  const pointAt = digits.length - exponent;
  const integer = digits.slice(0, pointAt);
  return decimals === 0 ? integer : `${integer}.${digits.slice(pointAt)}`;
}

/**
 * Refuses an amount below the currency's minimum charge or above its maximum.
 * Stripe may still refuse an amount that passes, because its minimum depends on the account's settlement currency.
 *
 * @throws {AmountOutOfRangeError}
 * @see https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
export function assertChargeable({ amountMinor, currency }: Money): void {
  const { minimumMinor, maximumMinor } = currencyFacts(currency);
  if (minimumMinor !== undefined && amountMinor < minimumMinor) {
    throw new AmountOutOfRangeError('minimum', { amountMinor: minimumMinor, currency });
  }
  if (amountMinor > maximumMinor) {
    throw new AmountOutOfRangeError('maximum', { amountMinor: maximumMinor, currency });
  }
}
