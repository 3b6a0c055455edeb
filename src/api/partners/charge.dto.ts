import { Matches } from 'class-validator';
import { hasLuhnNumber } from '#core/card-number.js';
import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { parseMinorAmount } from '#core/money.js';
import type { ChargeCommand } from '../../charges/charge.js';
import type { FieldNames } from '../dto/field-names.js';
import {
  ChoiceField,
  CurrencyField,
  Field,
  MinorAmountField,
  StripeIdField,
  TextField,
  Without,
} from '../dto/fields.js';
import { MetadataField } from '../dto/metadata.field.js';

const EXAMPLE_CARD = 'pm_1TUvWxABCDEFGHIJKLMNOPQR';
const METADATA_KEYS_MAX = 20;
/** The return URL is stored in the metadata of the payment: https://docs.stripe.com/api/metadata */
const METADATA_VALUE_MAX_LENGTH = 500;
const CAPTURES = ['automatic', 'manual'] as const;
/** https://docs.stripe.com/get-started/account/statement-descriptors#requirements */
const DESCRIPTOR_SUFFIX = /^(?=.*[A-Za-z])[ !#-&()+-;=?-[\]-~]{1,22}$/;

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
  manual: {
    summary: 'Reserved now, captured later',
    value: {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: EXAMPLE_CARD,
      capture: 'manual',
      metadata: { order: '6735' },
      statement_descriptor_suffix: 'EXAM 6735',
      return_url: 'https://example.com/paid',
    },
  },
};

export class ChargeRequest {
  static readonly FIELD_NAMES: FieldNames = {
    amountMinor: 'amount',
    paymentMethodId: 'stripe_payment_method_id',
    statementDescriptorSuffix: 'statement_descriptor_suffix',
    returnUrl: 'return_url',
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

  @MetadataField({
    keysMax: METADATA_KEYS_MAX,
    reserved: OPERATION_ID,
    description:
      'Stored with the payment at Stripe: up to 20 keys of 40 characters, with values of 500. `operation_id` and keys ' +
      'that start with `paydesk_` are reserved.',
    example: { order: '6735' },
  })
  metadata?: Record<string, string>;

  @Field(
    {
      optional: true,
      description:
        "What the user's card statement shows after the merchant's name: up to 22 Latin characters together with it, " +
        'at least one letter, none of < > \\ \' " *',
      example: 'EXAM 6735',
    },
    { type: String, pattern: DESCRIPTOR_SUFFIX.source },
    Matches(DESCRIPTOR_SUFFIX, {
      message: 'must be 1 to 22 Latin characters with at least one letter, without < > \\ \' " and *',
    }),
    Without(hasLuhnNumber, 'a card number'),
  )
  statement_descriptor_suffix?: string;

  @ChoiceField({
    choices: CAPTURES,
    optional: true,
    description:
      '`manual` only reserves the money, which is then taken by `capture` or released by `cancel`, within the days that ' +
      'the card allows; `automatic` by default',
    example: 'automatic',
  })
  capture?: (typeof CAPTURES)[number];

  @TextField({
    maxLength: METADATA_VALUE_MAX_LENGTH,
    isReference: true,
    optional: true,
    description:
      'Where the user goes after completing the payment on the page of `confirm_url`: an https URL at one of ' +
      'REDIRECT_ORIGINS',
    example: 'https://example.com/paid',
  })
  return_url?: string;

  /** @throws {Problem} for an amount that is not valid in the currency */
  toCommand(defaultCurrency: Currency): ChargeCommand {
    const { currency = defaultCurrency, description, stripe_payment_method_id: paymentMethodId } = this;
    const { metadata, statement_descriptor_suffix: suffix, capture, return_url: returnUrl } = this;
    const amountMinor = withAmountField('amount', () => parseMinorAmount(this.amount, currency));
    return {
      amountMinor,
      currency,
      description,
      paymentMethodId,
      ...(metadata !== undefined && { metadata }),
      ...(suffix !== undefined && { statementDescriptorSuffix: suffix }),
      ...(capture === 'manual' && { isManualCapture: true }),
      ...(returnUrl !== undefined && { returnUrl }),
    };
  }
}
