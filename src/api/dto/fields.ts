import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsIn, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { Satisfies } from '../../config/satisfies.js';
import { isCurrency } from '#core/currency.js';
import { NAME, PLAIN_TEXT } from '#core/text.js';

type Documented = Pick<ApiPropertyOptions, 'description' | 'example'> & { optional?: boolean };

/** A field of a request: validated and documented by one decorator. */
export function Field(
  { optional = false, ...documented }: Documented,
  schema: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...schema, ...documented, required: !optional } as ApiPropertyOptions),
    ...(optional ? [IsAbsentOr()] : []),
    ...checks,
  );
}

/** An optional field may be left out; `null` is not leaving it out. */
function IsAbsentOr(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** Free text of 1 to `maxLength` characters. */
export function TextField({
  maxLength,
  ...documented
}: Documented & { maxLength: number }): PropertyDecorator {
  return Field(
    documented,
    { type: String, minLength: 1, maxLength },
    IsString({ message: 'must be a string' }),
    Length(1, maxLength, { message: `must be 1 to ${maxLength} characters` }),
    Matches(PLAIN_TEXT, { message: 'must be well-formed text without control characters' }),
  );
}

/** One of a few words. */
export function ChoiceField({
  choices,
  ...documented
}: Documented & { choices: readonly string[] }): PropertyDecorator {
  return Field(
    documented,
    { type: String, enum: [...choices] },
    IsIn(choices, { message: `must be one of: ${choices.join(', ')}` }),
  );
}

/** The id of an object of Stripe's, of one of the kinds that the prefixes name. */
export function StripeIdField({
  prefixes,
  ...documented
}: Documented & { prefixes: readonly string[] }): PropertyDecorator {
  const shape = new RegExp(`^(${prefixes.join('|')})_[A-Za-z0-9_]{1,200}$`);
  return Field(
    documented,
    { type: String, pattern: shape.source },
    Matches(shape, {
      message: `must be an id of Stripe that starts with ${prefixes.map((p) => `${p}_`).join(' or ')}`,
    }),
  );
}

/** A user's id inside its tenant. */
export function UserIdField(documented: Documented = {}): PropertyDecorator {
  return Field(
    { description: 'The user, as the caller knows it', example: 'user-42', ...documented },
    { type: String, pattern: NAME.source },
    Matches(NAME, { message: 'must be 1 to 255 letters, digits or . _ @ : | + = -' }),
  );
}

/** A currency that Stripe takes, in lower case as Stripe writes it. */
export function CurrencyField(documented: Documented = {}): PropertyDecorator {
  return Field(
    {
      description: 'ISO 4217 code in lower case; DEFAULT_CURRENCY when left out',
      example: 'usd',
      optional: true,
      ...documented,
    },
    { type: String, pattern: '^[a-z]{3}$' },
    Satisfies(
      (value) => typeof value === 'string' && isCurrency(value),
      'must be a currency that Stripe takes, in lower case',
    ),
  );
}

/** How many items a page may have: "1" to "100", as Stripe's lists do. */
export function PageSizeField(documented: Documented): PropertyDecorator {
  return Field(
    { example: '10', ...documented },
    { type: String, pattern: PAGE_SIZE.source },
    Matches(PAGE_SIZE, { message: 'must be a whole number from 1 to 100' }),
  );
}

const PAGE_SIZE = /^([1-9]\d?|100)$/;

/** An amount in minor units, as a JSON number or a string of digits; its currency decides the rest. */
export function MinorAmountField(documented: Documented): PropertyDecorator {
  return Field(
    documented,
    {
      oneOf: [
        { type: 'string', pattern: '^[0-9]+$' },
        { type: 'integer', minimum: 1 },
      ],
    },
    Satisfies(
      (value) => (typeof value === 'string' ? /^\d{1,15}$/.test(value) : Number.isSafeInteger(value)),
      'must be an integer of minor units, as a number or a string of digits',
    ),
  );
}

/** An id of ours. */
export function UuidField(documented: Documented): PropertyDecorator {
  return Field(
    documented,
    { type: String, format: 'uuid' },
    Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, { message: 'must be a UUID in lower case' }),
  );
}
