/** So many in so much time. */
export interface Rate {
  count: number;
  windowMs: number;
}

/** What switches off all rates of a setting. */
export const OFF = 'off';

const RATE = /^([a-z-]+):(\d{1,7})\/(\d{1,4})([smhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WINDOW_MAX_MS = 86_400_000;

/**
 * The default of `RATE_LIMITS`: requests of one credential, requests to the confirm page of one payment, and wrong
 * credentials of one address.
 */
export const RATE_LIMITS = 'read:3000/1m,write:1200/1m,admin:120/1m,confirm:60/1m,failures:20/1m';
export type RateLimitName = 'read' | 'write' | 'admin' | 'confirm' | 'failures';

/** The default of `CARD_TESTING_BRAKE`. `partner` is the least number of attempts whose declines are compared. */
export const CARD_TESTING_BRAKE = 'attempts:10/1m,declines:5/1h,setup-intents:60/1h,partner:20/10m';
export type CardTestingRateName = 'attempts' | 'declines' | 'setup-intents' | 'partner';

/** Whether a value is `off`, or rates with names of `defaults` such as `read:600/1m,write:120/1m`. */
export function isRates(value: unknown, defaults: string): boolean {
  if (value === OFF) return true;
  const rates = typeof value === 'string' ? parse(value) : undefined;
  const names = parse(defaults);
  return rates !== undefined && [...rates.keys()].every((name) => names?.has(name));
}

/** The rates of a valid setting; those that it leaves out keep their default. Undefined if it is `off`. */
export function ratesOf<Name extends string>(
  value: string,
  defaults: string,
): Record<Name, Rate> | undefined {
  if (value === OFF) return undefined;
  const rates = [...(parse(defaults) ?? []), ...(parse(value) ?? [])];
  return Object.fromEntries(rates) as Record<Name, Rate>;
}

/** Undefined if a rate is malformed, is zero, has a window of more than a day, or is given twice. */
function parse(text: string): Map<string, Rate> | undefined {
  const items = text.split(',').map((item) => parseOne(item.trim()));
  const rates = new Map(items.filter((item) => item !== undefined));
  return rates.size === items.length ? rates : undefined;
}

function parseOne(text: string): [string, Rate] | undefined {
  const [, name, digits, length, unit = ''] = RATE.exec(text) ?? [];
  const count = Number(digits);
  const windowMs = Number(length) * (UNIT_MS[unit] ?? 0);
  if (!name || !count || !windowMs || windowMs > WINDOW_MAX_MS) return undefined;
  return [name, { count, windowMs }];
}
