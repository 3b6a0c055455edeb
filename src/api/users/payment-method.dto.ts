import { ApiProperty } from '@nestjs/swagger';
import type { DistinctCard } from '../../customers/distinct-cards.js';
import type { FieldNames } from '../dto/field-names.js';
import { StripeIdField } from '../dto/fields.js';

const EXAMPLE_CARD = 'pm_1TUvWxABCDEFGHIJKLMNOPQR';

/** Path of a card of the signed-in user. */
export class UserCardPath {
  static readonly FIELD_NAMES: FieldNames = { paymentMethodId: 'id' };

  @StripeIdField({
    prefixes: ['pm', 'card', 'src'],
    description: "One of the user's cards",
    example: EXAMPLE_CARD,
  })
  id!: string;
}

export class UserCardResponse {
  @ApiProperty({ example: EXAMPLE_CARD })
  id!: string;

  @ApiProperty({ example: 'visa' })
  brand!: string;

  @ApiProperty({ example: '4242' })
  last4!: string;

  @ApiProperty({ example: 8, description: '1 is January' })
  expMonth!: number;

  @ApiProperty({ example: 2030 })
  expYear!: number;

  @ApiProperty({ example: true, description: 'Whether invoices are charged to this card' })
  isDefault!: boolean;

  static of({ paymentMethodId: id, brand, last4, expMonth, expYear, isDefault }: DistinctCard) {
    return { id, brand, last4, expMonth, expYear, isDefault } satisfies UserCardResponse;
  }
}
