import { plainToInstance, Transform } from 'class-transformer';
import { ValidateIf, ValidateNested } from 'class-validator';
import { ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { type Currency, isCurrency } from '#core/currency.js';
import type { AmountLimits, Guardrails } from '#core/guardrails.js';
import { Satisfies } from '../../config/satisfies.js';
import { Field } from '../dto/fields.js';
import { isJsonObject } from '../http/json-object.js';
import { refuseInherited } from '../http/unknown-fields.js';

const CURRENCY_SCHEMA = { type: 'string', pattern: '^[a-z]{3}$' } as const;

/** An amount in minor units for each of some currencies. */
function AmountLimitsField(description: string): PropertyDecorator {
  return Field(
    {
      description: `${description}, in minor units by currency. A currency that is not named has no limit.`,
      example: { usd: 5000 },
      optional: true,
    },
    { type: 'object', nullable: true, additionalProperties: { type: 'integer', minimum: 0 } },
    Satisfies(
      isAmountLimits,
      'must be null, or an object of whole numbers of minor units by the lower-case code of a currency',
    ),
  );
}

/** The guardrails of a key. What is null or absent limits nothing. */
export class GuardrailsRequest {
  @AmountLimitsField('The largest charge')
  maxCharge?: AmountLimits | null;

  @AmountLimitsField('The largest sum of charges in a day of `BUSINESS_TIMEZONE`')
  maxChargesPerDay?: AmountLimits | null;

  @AmountLimitsField('The largest sum of refunds in a day of `BUSINESS_TIMEZONE`')
  maxRefundsPerDay?: AmountLimits | null;

  @Field(
    { description: 'The only currencies of charges and refunds', example: ['usd'], optional: true },
    { type: 'array', nullable: true, minItems: 1, uniqueItems: true, items: CURRENCY_SCHEMA },
    Satisfies(
      isCurrencyList,
      'must be null, or a list without repetitions of lower-case codes of currencies that Stripe accepts',
    ),
  )
  currencies?: Currency[] | null;

  @Field(
    {
      description: 'Whether charges, checkouts and refunds need an `Idempotency-Key`',
      example: true,
      optional: true,
    },
    { type: 'boolean', nullable: true },
    Satisfies((value) => value === null || typeof value === 'boolean', 'must be true, false or null'),
  )
  requireIdempotencyKey?: boolean | null;

  toGuardrails(): Guardrails {
    const given = Object.entries(this).filter(([, value]) => value !== null && value !== undefined);
    return Object.fromEntries(given);
  }
}

/** Schema of the guardrails of a key, or null. */
export const NULLABLE_GUARDRAILS = { oneOf: [{ $ref: getSchemaPath(GuardrailsRequest) }, { type: 'null' }] };

@ApiExtraModels(GuardrailsRequest)
export class KeyChangeRequest {
  @Transform(({ value }) => toGuardrailsRequest(value))
  @Field(
    { description: 'Replaces all guardrails of the key; null removes them' },
    NULLABLE_GUARDRAILS,
    ValidateIf((_object, value) => value !== null),
    Satisfies((value) => value instanceof GuardrailsRequest, 'must be an object or null'),
    ValidateNested(),
  )
  guardrails!: GuardrailsRequest | null;

  /** Null if nothing is limited. */
  toGuardrails(): Guardrails | null {
    const guardrails = this.guardrails?.toGuardrails() ?? {};
    return Object.keys(guardrails).length > 0 ? guardrails : null;
  }
}

function toGuardrailsRequest(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  refuseInherited(GuardrailsRequest, value, 'guardrails');
  return plainToInstance(GuardrailsRequest, value);
}

function isAmountLimits(value: unknown): boolean {
  if (value === null) return true;
  return (
    isJsonObject(value) &&
    Object.entries(value).every(
      ([currency, amount]) => isCurrency(currency) && Number.isSafeInteger(amount) && Number(amount) >= 0,
    )
  );
}

function isCurrencyList(value: unknown): boolean {
  if (value === null) return true;
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((currency) => typeof currency === 'string' && isCurrency(currency))
  );
}
