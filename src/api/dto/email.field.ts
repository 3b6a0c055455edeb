import { isEmail } from 'class-validator';
import { hasLuhnNumber } from '#core/card-number.js';
import { PLAIN_TEXT } from '#core/text.js';
import { Satisfies } from '../../config/satisfies.js';
import { hasKey } from '../../logging/redact.js';
import { Field, Without } from './fields.js';

/** An optional e-mail address. */
export function EmailField(documented: { description: string }): PropertyDecorator {
  return Field(
    { optional: true, example: 'jenny@example.com', ...documented },
    { type: String, format: 'email' },
    Satisfies(isPlainEmail, 'must be an e-mail address'),
    Without(hasLuhnNumber, 'a card number'),
    Without(hasKey, 'a key'),
  );
}

/** PLAIN_TEXT comes first: isEmail throws for lone surrogates. */
function isPlainEmail(value: unknown): boolean {
  return typeof value === 'string' && PLAIN_TEXT.test(value) && isEmail(value);
}
