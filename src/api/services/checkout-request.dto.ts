import type { CheckoutCommand, CheckoutItem } from '../../checkout/checkout.js';
import type { Recurrence } from '../../checkout/recurrence.js';
import type { Settings } from '../../config/settings.js';
import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { parseDecimalAmount } from '#core/money.js';
import { invalidField, Problem } from '#core/problem.js';
import type { FieldNames } from '../dto/field-names.js';
import { CurrencyField, TextField, UserIdField } from '../dto/fields.js';
import { DecimalAmountField } from './fields.js';
import { ownerOf } from './owner.js';
import { PriceProduct, type ProductRequest } from './product.dto.js';

const URL_MAX_LENGTH = 2048;
const PRODUCT_OF_AN_AMOUNT = 'Payment';

/** A request for an amount is a command of one item. */
const AMOUNT_FIELD_NAMES: FieldNames = { items: 'amount', 'items[].product': 'amount' };
const PRODUCT_FIELD_NAMES: FieldNames = {
  items: 'products',
  'items[].priceId': 'products[].priceId',
  'items[].product': 'products[].productId',
  'items[].recurrence.interval': 'products[].interval',
  'items[].recurrence.intervalCount': 'products[].intervalCount',
};

/** What both kinds of hosted payment are asked for with. */
export abstract class CheckoutRequest {
  @TextField({
    maxLength: URL_MAX_LENGTH,
    description:
      'Where the customer goes once paid. https, at an origin of REDIRECT_ORIGINS; Stripe replaces ' +
      '`{CHECKOUT_SESSION_ID}` in it by the `paymentID`.',
    example: 'https://example.com/ok',
  })
  successRedirect!: string;

  @TextField({
    maxLength: URL_MAX_LENGTH,
    description: 'Where the customer goes who turns back without paying',
    example: 'https://example.com/ko',
  })
  failureRedirect!: string;

  @DecimalAmountField({
    description: 'What to pay, with all the decimals of its currency or none; instead of products',
    optional: true,
  })
  amount?: string;

  @CurrencyField({
    description: 'ISO 4217 code in lower case; that of the Prices or else DEFAULT_CURRENCY when left out',
  })
  currency?: Currency;

  @TextField({
    maxLength: 200,
    optional: true,
    description: "The caller's own name for the payment; `/status` tells it again",
    example: 'order-1234',
  })
  shopTransactionID?: string;

  @UserIdField({
    optional: true,
    description: 'Whose payment it is; it shows up in the history of that user',
  })
  userId?: string;

  @UserIdField({
    optional: true,
    description: 'The partner whose user it is; a signed-in user when left out',
    example: 'clinic',
  })
  tenant?: string;

  @TextField({ maxLength: 250, optional: true, description: 'What it is for', example: 'Wellness exam' })
  description?: string;

  abstract products?: ProductRequest[];

  /** What this request calls the fields of its command. */
  fieldNames(): FieldNames {
    return this.products ? PRODUCT_FIELD_NAMES : AMOUNT_FIELD_NAMES;
  }

  /** @throws {Problem} for anything but one of amount and products, or an amount that the currency can't hold */
  protected commandOf(
    mode: CheckoutCommand['mode'],
    settings: Settings,
    recurrence?: Recurrence,
  ): CheckoutCommand {
    const { successRedirect, failureRedirect, shopTransactionID: shopTransactionId, description } = this;
    return {
      mode,
      items: this.items(settings.DEFAULT_CURRENCY, recurrence),
      currency: this.currency ?? (this.sellsPricesOnly() ? undefined : settings.DEFAULT_CURRENCY),
      successRedirect,
      failureRedirect,
      shopTransactionId,
      owner: this.owner(settings),
      description,
    };
  }

  private items(defaultCurrency: Currency, recurrence?: Recurrence): CheckoutItem[] {
    const { amount, products, currency = defaultCurrency, description: name = PRODUCT_OF_AN_AMOUNT } = this;
    if (amount !== undefined && products === undefined) {
      const unitAmountMinor = withAmountField('amount', () => parseDecimalAmount(amount, currency));
      return [{ product: { name }, quantity: 1, unitAmountMinor, recurrence }];
    }
    if (products !== undefined && amount === undefined) {
      return products.map((product, index) => product.toItem(`products[${index}]`, currency));
    }
    const message = 'exactly one of amount and products is needed';
    const errors = ['amount', 'products'].map((field) => ({ field, message }));
    throw new Problem('invalid-request', { errors });
  }

  private owner({ JWT_ISSUER: issuer }: Settings) {
    const { userId, tenant } = this;
    if (userId !== undefined) return ownerOf(userId, tenant, issuer);
    if (tenant !== undefined) throw invalidField('tenant', 'requires userId');
    return undefined;
  }

  private sellsPricesOnly(): boolean {
    return this.products?.every((product) => product instanceof PriceProduct) ?? false;
  }
}
