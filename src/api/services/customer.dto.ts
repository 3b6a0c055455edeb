import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Matches, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { Owner } from '#core/actor.js';
import { hasCardNumber } from '#core/card-number.js';
import { Problem } from '#core/problem.js';
import { codePointLength, PLAIN_TEXT } from '#core/text.js';
import type { Settings } from '../../config/settings.js';
import { Satisfies } from '../../config/satisfies.js';
import type { Address, Customer, CustomerDetails, TaxId } from '../../customers/customer.js';
import { EmailField } from '../dto/email.field.js';
import { Field, MerchantIdField, TextField, UserIdField, Without } from '../dto/fields.js';
import { hasKey, hasToken } from '../../logging/redact.js';
import { isJsonObject } from '../http/json-object.js';
import { PhoneField } from '../dto/phone.field.js';
import { MetadataField, OUR_METADATA_PREFIX } from '../dto/metadata.field.js';
import { EXAMPLE_CUSTOMER_ID } from './examples.js';
import { ownerOf } from './owner.js';
import { TenantField } from './tenant.field.js';

/** Stripe allows 50 keys, and two of them identify the user: https://docs.stripe.com/api/metadata */
const METADATA_KEYS_MAX = 48;

export class CustomerParams {
  @UserIdField()
  user_id!: string;
}

export class CustomerQuery {
  @TenantField()
  tenant?: string;

  ownerFor({ user_id: userId }: CustomerParams, { JWT_ISSUER: issuer }: Settings): Owner {
    return ownerOf(userId, this.tenant, issuer);
  }
}

function AddressLineField(documented: { description: string; example: string }): PropertyDecorator {
  return TextField({ maxLength: 200, optional: true, ...documented });
}

class AddressRequest {
  @AddressLineField({ description: 'Street and number', example: '354 Oyster Point Blvd' })
  line1?: string;

  @AddressLineField({ description: 'Apartment or building', example: 'Suite 7' })
  line2?: string;

  @AddressLineField({ description: 'City', example: 'San Francisco' })
  city?: string;

  @AddressLineField({ description: 'State or province', example: 'CA' })
  state?: string;

  @AddressLineField({ description: 'Postal code', example: '94080' })
  postalCode?: string;

  @Field(
    { optional: true, description: 'ISO 3166-1 alpha-2 code in upper case', example: 'US' },
    { type: String, pattern: '^[A-Z]{2}$' },
    Matches(/^[A-Z]{2}$/, { message: 'must be a country code of two upper-case letters' }),
  )
  country?: string;
}

/** Longer than any of Stripe's examples. */
const TAX_ID_MAX_LENGTH = 50;
const TAX_ID_TYPE = /^[a-z]{2}(_[a-z]{2,10}){1,3}$/;
/** The SIRET of a French establishment has the check digit of cards: https://en.wikipedia.org/wiki/SIRET_code */
const SIRET = /^\s*(\d\s*){14}$/;

/** A SIRET is told from a card number by its type. */
function IsNoCardNumber(): PropertyDecorator {
  return ValidateBy({
    name: 'isNoCardNumber',
    validator: {
      validate: (value: unknown, args) => {
        if (typeof value !== 'string') return true;
        const isSiret = (args?.object as TaxIdRequest | undefined)?.type === 'fr_siret' && SIRET.test(value);
        return isSiret || !hasCardNumber(value);
      },
      defaultMessage: () => 'must not contain a card number',
    },
  });
}

class TaxIdRequest implements TaxId {
  @Field(
    {
      description: 'One of [the types of Stripe](https://docs.stripe.com/billing/customer/tax-ids)',
      example: 'eu_vat',
    },
    { type: String, pattern: TAX_ID_TYPE.source },
    Matches(TAX_ID_TYPE, { message: "must be one of Stripe's types, such as eu_vat" }),
  )
  type!: string;

  @Field(
    { description: 'The number itself', example: 'DE123456789' },
    { type: String, minLength: 1, maxLength: TAX_ID_MAX_LENGTH },
    Satisfies(isTaxIdValue, `must be well-formed text of 1 to ${TAX_ID_MAX_LENGTH} characters`),
    IsNoCardNumber(),
    Without(hasKey, 'a key'),
    Without(hasToken, 'a token'),
  )
  value!: string;
}

function isTaxIdValue(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return codePointLength(value) <= TAX_ID_MAX_LENGTH && PLAIN_TEXT.test(value);
}

export class CustomerRequest {
  @MerchantIdField({
    optional: true,
    description: 'An existing Stripe customer to link to the user; without any other field',
    example: EXAMPLE_CUSTOMER_ID,
  })
  stripeCustomerId?: string;

  @EmailField({ description: 'Where Stripe sends receipts' })
  email?: string;

  @TextField({ maxLength: 256, optional: true, description: 'Full name', example: 'Jenny Rosen' })
  name?: string;

  @PhoneField()
  phone?: string;

  @Type(() => AddressRequest)
  @ValidateNested({ message: 'must be an object' })
  @Field(
    { optional: true, description: 'The billing address; it replaces the whole address' },
    { type: () => AddressRequest },
    Satisfies(isJsonObject, 'must be an object'),
  )
  address?: AddressRequest;

  @Type(() => TaxIdRequest)
  @ValidateNested({ message: 'must be an object, or null' })
  @ValidateIf((_object, value) => value !== null)
  @Field(
    { optional: true, description: 'It replaces the tax ids of the customer; null removes them' },
    { type: () => TaxIdRequest, nullable: true },
    Satisfies(isJsonObject, 'must be an object, or null'),
  )
  taxId?: TaxIdRequest | null;

  @MetadataField({
    keysMax: METADATA_KEYS_MAX,
    description:
      'Merged into the existing metadata; an empty value removes its key. Up to 48 keys of 40 characters, with ' +
      'values of 500. Keys that start with `paydesk_` are reserved.',
    example: { segment: 'gold' },
  })
  metadata?: Record<string, string>;

  /**
   * The customer to link, or the details to update.
   *
   * @throws {Problem} for both, or neither
   */
  toCommand(): { link: string } | { update: CustomerDetails } {
    const { stripeCustomerId: link, email, name, phone, address, taxId, metadata } = this;
    const update = {
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
      ...(phone !== undefined && { phone }),
      ...(address !== undefined && { address }),
      ...(taxId !== undefined && { taxId }),
      ...(metadata !== undefined && { metadata }),
    };
    const isUpdate = Object.keys(update).length > 0;
    if (link !== undefined && !isUpdate) return { link };
    if (link === undefined && isUpdate) return { update };
    const message =
      'requires either stripeCustomerId alone, or any of email, name, phone, address, taxId and metadata';
    throw new Problem('invalid-request', { errors: [{ field: 'stripeCustomerId', message }] });
  }
}

class CustomerAddressResponse implements Address {
  @ApiProperty({ type: String, nullable: true, example: '354 Oyster Point Blvd' })
  line1!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  line2!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'San Francisco' })
  city!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'CA' })
  state!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '94080' })
  postalCode!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'US' })
  country!: string | null;
}

class TaxIdResponse implements TaxId {
  @ApiProperty({ example: 'eu_vat' })
  type!: string;

  @ApiProperty({ example: 'DE123456789' })
  value!: string;
}

export class CustomerResponse {
  @ApiProperty({ example: EXAMPLE_CUSTOMER_ID })
  stripeCustomerId!: string;

  @ApiProperty({ type: String, nullable: true, example: 'jenny@example.com' })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Jenny Rosen' })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '+1 555 0100' })
  phone!: string | null;

  @ApiProperty({ type: CustomerAddressResponse, nullable: true })
  address!: CustomerAddressResponse | null;

  @ApiProperty({ type: TaxIdResponse, nullable: true, description: 'The newest one that Stripe has' })
  taxId!: TaxIdResponse | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Without the reserved keys',
    example: { segment: 'gold' },
  })
  metadata!: Record<string, string>;

  static of({ metadata, ...customer }: Customer): CustomerResponse {
    const theirs = Object.entries(metadata).filter(([key]) => !key.startsWith(OUR_METADATA_PREFIX));
    return { ...customer, metadata: Object.fromEntries(theirs) };
  }
}
