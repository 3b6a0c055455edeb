import type { Currency } from './currency.js';
import { parseDecimalAmount, parseMinorAmount } from './money.js';

/** An amount as a request has it, whose currency is that of the payment that it names. */
export type RequestedAmount = { decimal: string } | { minor: number | string };

/**
 * A requested amount in minor units of the currency.
 *
 * @throws {MoneyError} if it is not an amount in this currency
 */
export function requestedAmountMinor(amount: RequestedAmount, currency: Currency): number {
  return 'decimal' in amount
    ? parseDecimalAmount(amount.decimal, currency)
    : parseMinorAmount(amount.minor, currency);
}
