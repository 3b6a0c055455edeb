import { applyDecorators } from '@nestjs/common';
import { hasLuhnNumber } from '#core/card-number.js';
import { codePointLength, PLAIN_TEXT } from '#core/text.js';
import { Satisfies } from '../../config/satisfies.js';
import { hasKey } from '../../logging/redact.js';
import { AnyKeys } from '../http/any-keys.decorator.js';
import { isJsonObject } from '../http/json-object.js';
import { Field } from './fields.js';

const KEY_MAX_LENGTH = 40;
const VALUE_MAX_LENGTH = 500;

/** The prefix of keys that are reserved for this service. */
export const OUR_METADATA_PREFIX = 'paydesk_';

/**
 * Optional metadata for an object at Stripe: https://docs.stripe.com/api/metadata
 *
 * @param keysMax at most 50, without those that this service adds
 * @param reserved a further key that this service uses
 */
export function MetadataField({
  keysMax,
  reserved,
  description,
  example,
}: {
  keysMax: number;
  reserved?: string;
  description: string;
  example: Record<string, string>;
}): PropertyDecorator {
  return applyDecorators(
    AnyKeys(),
    Field(
      { optional: true, description, example },
      { type: 'object', additionalProperties: { type: 'string', maxLength: VALUE_MAX_LENGTH } },
      Satisfies(
        (value) => isMetadata(value, keysMax, reserved),
        `must be an object of up to ${keysMax} strings of 500 characters, under keys of 40 characters`,
      ),
      Satisfies(isWithout(hasLuhnNumber), 'must not contain a card number, neither as a key nor as a value'),
      Satisfies(isWithout(hasKey), 'must not contain a secret, neither as a key nor as a value'),
    ),
  );
}

function isMetadata(value: unknown, keysMax: number, reserved: string | undefined): boolean {
  if (!isJsonObject(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= keysMax &&
    entries.every(([key, text]) => isKey(key) && key !== reserved && isValue(text))
  );
}

function isWithout(find: (text: string) => boolean): (metadata: unknown) => boolean {
  return (metadata) => !isJsonObject(metadata) || !Object.entries(metadata).flat().map(String).some(find);
}

/** Stripe would parse square brackets as a path. */
function isKey(key: string): boolean {
  const isShort = key !== '' && codePointLength(key) <= KEY_MAX_LENGTH;
  return isShort && PLAIN_TEXT.test(key) && !/[[\]]/.test(key) && !key.startsWith(OUR_METADATA_PREFIX);
}

function isValue(text: unknown): boolean {
  return typeof text === 'string' && codePointLength(text) <= VALUE_MAX_LENGTH && PLAIN_TEXT.test(text);
}
