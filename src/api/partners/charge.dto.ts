import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { parseMinorAmount } from '#core/money.js';
import type { ChargeCommand } from '../../charges/charge.js';
import type { FieldNames } from '../dto/field-names.js';
import { CurrencyField, MinorAmountField, StripeIdField, TextField } from '../dto/fields.js';

const EXAMPLE_CARD = 'pm_1TUvWxABCDEFGHIJKLMNOPQR';

/** Examples for the OpenAPI document. */
export const CHARGE_EXAMPLES = {
  charge: {
    summary: 'Thirty dollars',
    value: { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: EXAMPLE_CARD },
  },
  currency: {
    summary: 'Five hundred yen, a currency without minor units',
    value: { amount: 500, currency: 'jpy', description: 'Tea', stripe_payment_method_id: EXAMPLE_CARD },
  },
};

export class ChargeRequest {
  static readonly FIELD_NAMES: FieldNames = {
    amountMinor: 'amount',
    paymentMethodId: 'stripe_payment_method_id',
  };

  @MinorAmountField({
    description: 'Minor units (cents), as a number or a string of digits',
    example: '3000',
  })
  amount!: number | string;

  @CurrencyField()
  currency?: Currency;

  @TextField({ maxLength: 1000, description: 'What the charge is for', example: 'Wellness exam' })
  description!: string;

  @StripeIdField({
    prefixes: ['pm', 'card', 'src'],
    description: "One of the user's cards",
    example: EXAMPLE_CARD,
  })
  stripe_payment_method_id!: string;

  /** @throws {Problem} for an amount that is not valid in the currency */
  toCommand(defaultCurrency: Currency): ChargeCommand {
    const { currency = defaultCurrency, description, stripe_payment_method_id: paymentMethodId } = this;
    const amountMinor = withAmountField('amount', () => parseMinorAmount(this.amount, currency));
    return { amountMinor, currency, description, paymentMethodId };
  }
}
