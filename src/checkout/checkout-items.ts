import { withAmountField } from '#core/with-amount-field.js';
import { type Currency, isCurrency } from '#core/currency.js';
import { assertChargeable } from '#core/money.js';
import { type FieldError, invalidField, Problem } from '#core/problem.js';
import { type CheckoutCommand, type CheckoutItem, isPriceItem, type Price } from './checkout.js';
import { differingRecurrences } from './recurrence.js';

/** Prices by id. */
export type Prices = ReadonlyMap<string, Price>;

/** Requires one billing period for all items. @throws {Problem} `invalid-request` for each item that differs */
export function assertOneRecurrence(items: readonly CheckoutItem[], prices: Prices): void {
  const errors = differingRecurrences(
    items.map((item, index) => ({
      path: `items[${index}]`,
      isPrice: isPriceItem(item),
      recurrence: isPriceItem(item) ? prices.get(item.priceId)?.recurrence : item.recurrence,
    })),
  );
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

/** Requires every Price to exist. @throws {Problem} `not-found` for each that Stripe does not know */
export function assertAllKnown(items: readonly CheckoutItem[], prices: Prices): void {
  const errors = items.flatMap((item, index) =>
    isPriceItem(item) && !prices.has(item.priceId)
      ? [{ field: `items[${index}].priceId`, message: 'no such object' }]
      : [],
  );
  if (errors.length > 0) throw new Problem('not-found', { errors });
}

/**
 * The currency of the payment: the command's, else that of the first Price.
 *
 * @throws {Problem} `invalid-request` for a Price in an unsupported currency
 */
export function currencyOf({ currency, items }: CheckoutCommand, prices: Prices): Currency {
  if (currency) return currency;
  const [first] = items;
  const priceCurrency = first && isPriceItem(first) ? prices.get(first.priceId)?.currency : undefined;
  if (priceCurrency === undefined || !isCurrency(priceCurrency)) {
    throw invalidField('items[0].priceId', 'must be a price in a supported currency');
  }
  return priceCurrency;
}

/** Requires Prices that fit the checkout. @throws {Problem} `invalid-request` for each that does not */
export function assertSellable({ items, mode }: CheckoutCommand, prices: Prices, currency: Currency): void {
  const errors = items.flatMap((item, index): FieldError[] => {
    const price = isPriceItem(item) ? prices.get(item.priceId) : undefined;
    const message = price && unsellableReason(price, mode, currency);
    return message ? [{ field: `items[${index}].priceId`, message }] : [];
  });
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

function unsellableReason(
  price: Price,
  mode: CheckoutCommand['mode'],
  currency: Currency,
): string | undefined {
  if (!price.active) return 'must be an active price';
  if (mode === 'payment' && price.recurrence) return 'must be a one-time price';
  if (mode === 'subscription' && !price.recurrence) return 'must be a recurring price';
  if (price.metered) return 'must not be billed by usage';
  if (price.currency !== currency) return `must be a price in ${currency.toUpperCase()}`;
  return undefined;
}

/**
 * The total of a payment, or of the first payment of a subscription, in minor units; null if only Stripe can calculate
 * it. A total that Stripe would not charge is refused. 0 is accepted, because Prices may be free.
 *
 * @throws {Problem} `amount-out-of-range` for the field `items`
 */
export function chargeableTotalMinor(
  { items }: CheckoutCommand,
  prices: Prices,
  currency: Currency,
): number | null {
  const amounts = items.map((item) => amountMinorOf(item, prices));
  if (amounts.includes(null)) return null;
  const amountMinor = amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  if (amountMinor > 0) withAmountField('items', () => assertChargeable({ amountMinor, currency }));
  return amountMinor;
}

function amountMinorOf(item: CheckoutItem, prices: Prices): number | null {
  const unitAmountMinor = isPriceItem(item)
    ? (prices.get(item.priceId)?.unitAmountMinor ?? null)
    : item.unitAmountMinor;
  return unitAmountMinor === null ? null : unitAmountMinor * item.quantity;
}
