import { DECIMAL_AMOUNT, MoneyError } from '#core/money.js';
import { INTERVALS } from '../../checkout/recurrence.js';
import { PAYMENT_ID_PREFIXES } from '../../payments/payment-ids.js';
import { Satisfies } from '../../config/satisfies.js';
import { EXAMPLE_PAYMENT_ID } from './examples.js';
import type { FieldNames } from '../dto/field-names.js';
import { ChoiceField, Field, StripeIdField } from '../dto/fields.js';

/** What this contract calls the id of a payment. */
export const PAYMENT_FIELD_NAMES: FieldNames = { paymentId: 'paymentID' };

type Documented = Parameters<typeof Field>[0];

export const SHOP_TRANSACTION_ID_MAX_LENGTH = 200;
const QUANTITY_MAX = 999_999;
const INTERVAL_COUNT_MAX = 1095;

/** Any id of a payment: that of its Checkout Session, PaymentIntent, Charge, Invoice or Subscription. */
export function PaymentIdField(documented: Documented = {}): PropertyDecorator {
  return StripeIdField({
    prefixes: PAYMENT_ID_PREFIXES,
    description:
      'The payment: the id that `/pay` returned, or any other id that Stripe has for it. 404 for a payment that ' +
      'another caller started, unless the credential has the scope `payments:any`',
    example: EXAMPLE_PAYMENT_ID,
    ...documented,
  });
}

/** A positive decimal amount; its currency determines the number of decimals. */
export function DecimalAmountField(documented: Documented): PropertyDecorator {
  return Field(
    { example: '5.00', ...documented },
    { type: String, pattern: DECIMAL_AMOUNT.source },
    Satisfies(
      (value) => typeof value === 'string' && DECIMAL_AMOUNT.test(value),
      new MoneyError('not-a-decimal').message,
    ),
  );
}

/** The quantity of a product. */
export function QuantityField(): PropertyDecorator {
  return WholeNumberField({ description: 'The quantity', example: 1 }, { min: 1, max: QUANTITY_MAX });
}

/** The unit of a billing period. */
export function IntervalField(documented: Documented = {}): PropertyDecorator {
  return ChoiceField({
    choices: INTERVALS,
    description: 'The unit of the billing period',
    example: 'month',
    ...documented,
  });
}

/** The number of intervals in a billing period. */
export function IntervalCountField(): PropertyDecorator {
  const description = 'The number of intervals in a billing period, up to three years; 1 by default';
  return WholeNumberField({ description, example: 1, optional: true }, { min: 1, max: INTERVAL_COUNT_MAX });
}

/** A whole number, both ends included. */
export function WholeNumberField(
  documented: Documented,
  { min, max }: { min: number; max: number },
): PropertyDecorator {
  return Field(
    documented,
    { type: 'integer', minimum: min, maximum: max },
    Satisfies(
      (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
      `must be a whole number from ${min} to ${max}`,
    ),
  );
}
