import type { Currency } from './currency.js';

/** Amounts in minor units by currency. A currency that is not named has no limit. */
export type AmountLimits = Readonly<Partial<Record<Currency, number>>>;

/** What an API key is limited to, beyond its scopes. An absent property limits nothing. */
export interface Guardrails {
  /** The largest charge. */
  maxCharge?: AmountLimits;
  /** The largest sum of charges in a day of `BUSINESS_TIMEZONE`. */
  maxChargesPerDay?: AmountLimits;
  /** The largest sum of refunds in a day of `BUSINESS_TIMEZONE`. */
  maxRefundsPerDay?: AmountLimits;
  /** The only currencies of charges and refunds. */
  currencies?: readonly Currency[];
  /** Whether charges, checkouts and refunds need an `Idempotency-Key`. */
  requireIdempotencyKey?: boolean;
}

export const DAILY_LIMITS = ['maxChargesPerDay', 'maxRefundsPerDay'] as const;
export type DailyLimit = (typeof DAILY_LIMITS)[number];

export const AMOUNT_LIMITS = ['maxCharge', ...DAILY_LIMITS] as const;

/** The guardrails that may refuse an amount. */
export const LIMITS = [...AMOUNT_LIMITS, 'currencies'] as const;
export type Limit = (typeof LIMITS)[number];

/** The guardrails of a caller. */
export interface CallerGuardrails extends Guardrails {
  /** The key whose sums of the day count: the caller's own, or the first one if it was rotated. */
  counterKeyId: string;
}
