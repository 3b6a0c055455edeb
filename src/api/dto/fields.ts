import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsIn, IsString, Matches, ValidateIf } from 'class-validator';
import { hasCardNumber, hasLuhnNumber } from '#core/card-number.js';
import { DURATION_SHAPE, parseDurationMs } from '#core/duration.js';
import { isCurrency } from '#core/currency.js';
import {
  codePointLength,
  EXTERNAL_ID,
  EXTERNAL_ID_MAX_LENGTH,
  NAME,
  PLAIN_TEXT,
  PRINTABLE_TEXT,
  UUID,
} from '#core/text.js';
import { Satisfies } from '../../config/satisfies.js';
import { hasEmail, hasKey, hasToken } from '../../logging/redact.js';

type Documented = Pick<ApiPropertyOptions, 'description' | 'example'> & { optional?: boolean };

/** A field of a request: one decorator for validation and documentation. */
export function Field(
  { optional = false, ...documented }: Documented,
  schema: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...schema, ...documented, required: !optional } as ApiPropertyOptions),
    ...(optional ? [SkipIfAbsent()] : []),
    ...checks,
  );
}

/** An optional field may be absent; `null` is not absent. */
function SkipIfAbsent(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/**
 * Free text of 1 to `maxLength` code points, without a key, a token or anything that could be a card number.
 *
 * @param isReference an id or a URL, which may contain tokens, and long numbers that are not those of a card brand
 * @param isStored stored in clear: without a token or an e-mail address
 */
export function TextField({
  maxLength,
  isReference = false,
  isStored = false,
  isPrinted = false,
  ...documented
}: Documented & {
  maxLength: number;
  isReference?: boolean;
  isStored?: boolean;
  isPrinted?: boolean;
}): PropertyDecorator {
  return Field(
    documented,
    { type: String, minLength: 1, maxLength },
    IsString({ message: 'must be a string' }),
    Satisfies((value) => hasLength(value, maxLength), `must be 1 to ${maxLength} characters`),
    isPrinted
      ? Matches(PRINTABLE_TEXT, { message: 'must be well-formed text without control and format characters' })
      : Matches(PLAIN_TEXT, { message: 'must be well-formed text without control characters' }),
    Without(isReference ? hasCardNumber : hasLuhnNumber, 'a card number'),
    Without(hasKey, 'a key'),
    ...(isReference && !isStored ? [] : [Without(hasToken, 'a token')]),
    ...(isStored ? [Without(hasEmail, 'an e-mail address')] : []),
  );
}

/** Refuses strings in which `find` finds something. The message does not repeat it. */
export function Without(find: (text: string) => boolean, what: string): PropertyDecorator {
  return Satisfies((value) => typeof value !== 'string' || !find(value), `must not contain ${what}`);
}

/** class-validator's `Length` does not count variation selectors, but Stripe does. */
function hasLength(value: unknown, max: number): boolean {
  return typeof value === 'string' && value !== '' && codePointLength(value) <= max;
}

/** One of several fixed values. */
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

/** `true` or `false`. */
export function BooleanField(documented: Documented): PropertyDecorator {
  return Field(
    { example: true, ...documented },
    { type: Boolean },
    Satisfies((value) => typeof value === 'boolean', 'must be true or false'),
  );
}

/** The id of a Stripe object with one of these prefixes. */
export function StripeIdField({
  prefixes,
  ...documented
}: Documented & { prefixes: readonly string[] }): PropertyDecorator {
  const shape = new RegExp(`^(${prefixes.join('|')})_[A-Za-z0-9_]{1,200}$`);
  return Field(
    documented,
    { type: String, pattern: shape.source },
    Matches(shape, {
      message: `must be a Stripe id that starts with ${prefixes.map((p) => `${p}_`).join(' or ')}`,
    }),
    isHarmlessId(),
  );
}

/** The id of a user in its tenant. */
export function UserIdField(documented: Documented = {}): PropertyDecorator {
  return Field(
    { description: "The caller's own id of the user", example: 'user-42', ...documented },
    EXTERNAL_ID_SCHEMA,
    isExternalId(),
  );
}

/** The id of a Stripe object that its merchant may have chosen, such as a Product. */
export function MerchantIdField(documented: Documented): PropertyDecorator {
  return Field(documented, EXTERNAL_ID_SCHEMA, isExternalId());
}

/** The name of a partner. */
export function PartnerNameField(documented: Documented): PropertyDecorator {
  return Field(
    { example: 'clinic', ...documented },
    { type: String, pattern: NAME.source },
    Matches(NAME, { message: 'must be 1 to 255 letters, digits or . _ @ : | + = -' }),
    isHarmlessId(),
    // The name is in the log and in the rows of operations.
    Without(hasEmail, 'an e-mail address'),
  );
}

const EXTERNAL_ID_SCHEMA: ApiPropertyOptions = {
  type: String,
  minLength: 1,
  maxLength: EXTERNAL_ID_MAX_LENGTH,
};

function isExternalId(): PropertyDecorator {
  const message = 'must be 1 to 255 characters without control characters, and not . or ..';
  return applyDecorators(Matches(EXTERNAL_ID, { message }), isHarmlessId());
}

/** Ids are stored. A number is a card number here only if it has the first digits and the length of a card brand. */
function isHarmlessId(): PropertyDecorator {
  return applyDecorators(
    Without(hasCardNumber, 'a card number'),
    Without(hasKey, 'a key'),
    Without(hasToken, 'a token'),
  );
}

/** A currency that Stripe accepts, in lower case like in Stripe's API. */
export function CurrencyField(documented: Documented = {}): PropertyDecorator {
  return Field(
    {
      description: 'ISO 4217 code in lower case; DEFAULT_CURRENCY by default',
      example: 'usd',
      optional: true,
      ...documented,
    },
    { type: String, pattern: '^[a-z]{3}$' },
    Satisfies(
      (value) => typeof value === 'string' && isCurrency(value),
      'must be the lower-case code of a currency that Stripe accepts',
    ),
  );
}

/** The number of items per page, "1" to "100": https://docs.stripe.com/api/pagination */
export function PageSizeField(documented: Documented): PropertyDecorator {
  return Field(
    { example: '10', ...documented },
    { type: String, pattern: PAGE_SIZE.source },
    Matches(PAGE_SIZE, { message: 'must be a whole number from 1 to 100' }),
  );
}

/** Where a list goes on. @param ids the ids that the items of the list may have */
export function CursorField(ids: RegExp): PropertyDecorator {
  return Field(
    { optional: true, description: 'The `nextCursor` of the previous page' },
    { type: String, pattern: ids.source },
    Matches(ids, { message: 'must be the nextCursor of an earlier page' }),
  );
}

const PAGE_SIZE = /^([1-9]\d?|100)$/;

/** An amount in minor units, as a JSON number or a string of digits. */
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
    Matches(UUID, { message: 'must be a UUID in lower case' }),
  );
}

/** An instant in UTC: https://www.rfc-editor.org/rfc/rfc3339 */
export function InstantField(documented: Documented): PropertyDecorator {
  return Field(
    { example: '2027-01-31T00:00:00Z', ...documented },
    { type: String, format: 'date-time' },
    Satisfies(isInstant, 'must be an instant in UTC, such as 2027-01-31T00:00:00Z'),
  );
}

/** Whether a value is an instant in UTC. `Date` would take 30 February for 2 March. */
export function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && toSecond(date.toISOString()) === toSecond(value);
}

function toSecond(text: string): string {
  return text.slice(0, 'yyyy-MM-ddTHH:mm:ss'.length);
}

/** A duration such as `24h`. */
export function DurationField(documented: Documented): PropertyDecorator {
  return Field(
    { example: '24h', ...documented },
    { type: String, pattern: '^[1-9][0-9]{0,5}[smhd]$' },
    Satisfies(
      (value) => typeof value === 'string' && parseDurationMs(value) !== undefined,
      `must be ${DURATION_SHAPE}`,
    ),
  );
}
