import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { parseDecimalAmount } from '#core/money.js';
import { invalidField, Problem } from '#core/problem.js';
import type { CheckoutCommand, CheckoutItem } from '../../checkout/checkout.js';
import type { Recurrence } from '../../checkout/recurrence.js';
import type { Settings } from '../../config/settings.js';
import type { FieldNames } from '../dto/field-names.js';
import { CurrencyField, TextField, UserIdField } from '../dto/fields.js';
import { RedirectUrlField } from '../dto/redirect-url.field.js';
import { CheckoutOptionsRequest } from './checkout-options.dto.js';
import { DecimalAmountField } from './fields.js';
import { ownerOf } from './owner.js';
import { PriceProduct, type ProductRequest } from './product.dto.js';
import { TenantField } from './tenant.field.js';

const DEFAULT_PRODUCT_NAME = 'Payment';

/** A request for an amount is a command of one item. */
const AMOUNT_FIELD_NAMES: FieldNames = { items: 'amount', 'items[].product': 'amount' };
const PRODUCT_FIELD_NAMES: FieldNames = {
  items: 'products',
  'items[].priceId': 'products[].priceId',
  'items[].product': 'products[].productId',
  'items[].recurrence.interval': 'products[].interval',
  'items[].recurrence.intervalCount': 'products[].intervalCount',
};

/** The fields that `/pay` and `/pay/recurrent` share. */
export abstract class CheckoutRequest extends CheckoutOptionsRequest {
  @RedirectUrlField({
    description:
      'Where the customer is sent after paying: an https URL at one of REDIRECT_ORIGINS. Stripe replaces ' +
      '`{CHECKOUT_SESSION_ID}` in it with the `paymentID`.',
    example: 'https://example.com/ok',
  })
  successRedirect!: string;

  @RedirectUrlField({
    description: 'Where the customer is sent on leaving without paying',
    example: 'https://example.com/ko',
  })
  failureRedirect!: string;

  @DecimalAmountField({
    description: 'The amount, with all decimals of its currency or none; instead of `products`',
    optional: true,
  })
  amount?: string;

  @CurrencyField({
    description:
      'ISO 4217 code in lower case. By default the currency of the Prices, or else DEFAULT_CURRENCY.',
  })
  currency?: Currency;

  @TextField({
    maxLength: 200,
    isReference: true,
    isStored: true,
    optional: true,
    description: "The caller's own id of the payment; `/status` returns it",
    example: 'order-1234',
  })
  shopTransactionID?: string;

  @UserIdField({
    optional: true,
    description: 'The user who pays; the payment appears in the history of that user',
  })
  userId?: string;

  @TenantField('clinic')
  tenant?: string;

  @TextField({
    maxLength: 250,
    optional: true,
    description: 'What the payment is for',
    example: 'Wellness exam',
  })
  description?: string;

  abstract products?: ProductRequest[];

  /** What this request calls the fields of its command. */
  fieldNames(): FieldNames {
    return this.products ? PRODUCT_FIELD_NAMES : AMOUNT_FIELD_NAMES;
  }

  /**
   * @throws {Problem} unless there is either an amount or products; for an amount not valid in the currency; for a tenant
   *   without a user, and an e-mail address with one
   */
  protected commandOf(
    mode: CheckoutCommand['mode'],
    settings: Settings,
    recurrence?: Recurrence,
  ): CheckoutCommand {
    const { successRedirect, failureRedirect, shopTransactionID: shopTransactionId, description } = this;
    return {
      ...this.options(),
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
    const { amount, products, currency = defaultCurrency, description: name = DEFAULT_PRODUCT_NAME } = this;
    if (amount !== undefined && products === undefined) {
      const unitAmountMinor = withAmountField('amount', () => parseDecimalAmount(amount, currency));
      return [{ product: { name }, quantity: 1, unitAmountMinor, recurrence }];
    }
    if (products !== undefined && amount === undefined) {
      return products.map((product, index) => product.toItem(`products[${index}]`, currency));
    }
    const message = 'requires either amount or products, not both';
    const errors = ['amount', 'products'].map((field) => ({ field, message }));
    throw new Problem('invalid-request', { errors });
  }

  private owner({ JWT_ISSUER: issuer }: Settings) {
    const { userId, tenant, customerEmail } = this;
    if (userId !== undefined && customerEmail !== undefined) {
      throw invalidField('customerEmail', 'is allowed without userId only');
    }
    if (userId !== undefined) return ownerOf(userId, tenant, issuer);
    if (this.paymentMethods?.includes('customer_balance'))
      throw invalidField(
        'userId',
        'is required for a bank transfer, which pays from the balance of a customer',
      );
    if (tenant !== undefined) throw invalidField('tenant', 'requires userId');
    return undefined;
  }

  private sellsPricesOnly(): boolean {
    return this.products?.every((product) => product instanceof PriceProduct) ?? false;
  }
}
