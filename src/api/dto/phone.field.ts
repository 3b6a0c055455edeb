import { hasLuhnNumber } from '#core/card-number.js';
import { codePointLength, PLAIN_TEXT } from '#core/text.js';
import { Satisfies } from '../../config/satisfies.js';
import { hasKey, hasToken } from '../../logging/redact.js';
import { Field, Without } from './fields.js';

/** Stripe's limit: https://docs.stripe.com/api/customers/update#update_customer-phone */
const PHONE_MAX_LENGTH = 20;

/**
 * A number with its country: up to 15 digits, https://www.itu.int/rec/T-REC-E.164. It may look like a card number, but no card
 * number is written with a plus sign, and most of those have 16 digits.
 */
const E164 = /^\+[1-9](?:[ ().-]{0,2}\d){1,14}$/;

/** An optional telephone number. */
export function PhoneField(): PropertyDecorator {
  return Field(
    {
      optional: true,
      description:
        'Telephone number. One that looks like a card number is accepted only as E.164, with `+` first',
      example: '+1 555 0100',
    },
    { type: String, minLength: 1, maxLength: PHONE_MAX_LENGTH },
    Satisfies(isPhone, `must be well-formed text of 1 to ${PHONE_MAX_LENGTH} characters`),
    Without((text) => !E164.test(text) && hasLuhnNumber(text), 'a card number'),
    Without(hasKey, 'a key'),
    Without(hasToken, 'a token'),
  );
}

function isPhone(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return codePointLength(value) <= PHONE_MAX_LENGTH && PLAIN_TEXT.test(value);
}
