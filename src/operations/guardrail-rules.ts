import type { Currency } from '#core/currency.js';
import type { DailyLimit, Guardrails, Limit } from '#core/guardrails.js';
import { Problem } from '#core/problem.js';

/** The money that an operation is about to move. */
export interface MovedAmount {
  kind: 'charge' | 'refund';
  /** Null if only Stripe can calculate it. */
  amountMinor: number | null;
  currency: Currency;
}

/** An amount that counts against a limit of the day. */
export interface DailyAmount {
  limit: DailyLimit;
  limitMinor: number;
  amountMinor: number;
  currency: Currency;
}

/** An amount that is counted for a key on a day, as stored with its operation. */
export interface CountedAmount extends DailyAmount {
  keyId: string;
  /** `yyyy-MM-dd` in `BUSINESS_TIMEZONE`. */
  day: string;
}

/**
 * Checks an amount against the guardrails that need no sum. An amount that is not known is refused where there is a
 * limit for it.
 *
 * @returns the amount if it also counts against a limit of the day
 * @throws {Problem} `limit-exceeded`
 */
export function requireWithin(guardrails: Guardrails, moved: MovedAmount): DailyAmount | undefined {
  const { kind, amountMinor, currency } = moved;
  if (guardrails.currencies && !guardrails.currencies.includes(currency)) throw exceeded('currencies');
  if (kind === 'charge' && isOver(amountMinor, guardrails.maxCharge?.[currency])) throw exceeded('maxCharge');
  const limit = kind === 'charge' ? 'maxChargesPerDay' : 'maxRefundsPerDay';
  const limitMinor = guardrails[limit]?.[currency];
  if (isOver(amountMinor, limitMinor)) throw exceeded(limit);
  if (limitMinor === undefined || amountMinor === null) return undefined;
  return { limit, limitMinor, amountMinor, currency };
}

function isOver(amountMinor: number | null, limitMinor: number | undefined): boolean {
  return limitMinor !== undefined && (amountMinor === null || amountMinor > limitMinor);
}

function exceeded(limit: Limit): Problem {
  return new Problem('limit-exceeded', { limit });
}
