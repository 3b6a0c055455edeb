import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { Satisfies } from '../../config/satisfies.js';
import type { CheckoutOptions } from '../../checkout/checkout.js';
import { LOCALES } from '../../checkout/locales.js';
import { EmailField } from '../dto/email.field.js';
import { BooleanField, ChoiceField, Field } from '../dto/fields.js';
import { MetadataField } from '../dto/metadata.field.js';
import { WholeNumberField } from './fields.js';

/** Stripe allows 50 keys; ours are among them: https://docs.stripe.com/api/metadata */
const METADATA_KEYS_MAX = 20;
const METHODS_MAX = 20;
const METHOD_TYPE = /^[a-z0-9_]{1,40}$/;

/** The settings of a Checkout page that `/pay` and `/pay/recurrent` share. */
export abstract class CheckoutOptionsRequest {
  @MetadataField({
    keysMax: METADATA_KEYS_MAX,
    reserved: OPERATION_ID,
    description:
      'Stored with the payment or subscription at Stripe: up to 20 keys of 40 characters, with values of 500. Keys that ' +
      'start with `paydesk_` and `operation_id` are reserved.',
    example: { order: '1234' },
  })
  metadata?: Record<string, string>;

  @EmailField({ description: 'Filled in on the page; without `userId` only' })
  customerEmail?: string;

  @ChoiceField({
    choices: LOCALES,
    optional: true,
    description: "The language of the page; that of the customer's browser by default",
    example: 'de',
  })
  locale?: string;

  @WholeNumberField(
    {
      optional: true,
      description:
        'How long the page stays open, and up to a minute more: 30 minutes to 24 hours, which is the default',
      example: 60,
    },
    { min: 30, max: 1440 },
  )
  expiresInMinutes?: number;

  @BooleanField({
    optional: true,
    description: 'Whether the customer can enter a promotion code on the page; false by default',
  })
  allowPromotionCodes?: boolean;

  @PaymentMethodsField()
  paymentMethods?: 'dynamic' | string[];

  @BooleanField({
    optional: true,
    description:
      'Whether another payment with this `shopTransactionID` may be open or paid; 409 `already-started` by default',
  })
  allowDuplicate?: boolean;

  protected options(): CheckoutOptions & { allowDuplicate?: boolean | undefined } {
    const { metadata, customerEmail, locale, expiresInMinutes } = this;
    const { allowPromotionCodes, paymentMethods, allowDuplicate } = this;
    return {
      metadata,
      customerEmail,
      locale,
      expiresInMinutes,
      allowPromotionCodes,
      paymentMethods,
      allowDuplicate,
    };
  }
}

function PaymentMethodsField(): PropertyDecorator {
  return Field(
    {
      optional: true,
      description:
        "How the customer can pay: a list of Stripe's types, of which the page offers those that the account has " +
        'switched on and that fit the payment, or `dynamic` for all of these; `["card"]` by default. A method that is ' +
        'not paid at once, such as `sepa_debit`, stays PENDING until Stripe knows the outcome. `customer_balance` (bank ' +
        'transfers) requires `userId`; `dynamic` offers them only with it, for a one-time payment.',
      example: ['card', 'sepa_debit'],
    },
    {
      oneOf: [
        { type: 'string', enum: ['dynamic'] },
        {
          type: 'array',
          minItems: 1,
          maxItems: METHODS_MAX,
          uniqueItems: true,
          items: { type: 'string', pattern: METHOD_TYPE.source },
        },
      ],
    },
    Satisfies(
      isPaymentMethods,
      `must be "dynamic" or a list of 1 to ${METHODS_MAX} different types of payment methods, such as "card"`,
    ),
  );
}

function isPaymentMethods(value: unknown): boolean {
  if (!Array.isArray(value)) return value === 'dynamic';
  const isList = value.length >= 1 && value.length <= METHODS_MAX && new Set(value).size === value.length;
  return isList && value.every((type) => typeof type === 'string' && METHOD_TYPE.test(type));
}
