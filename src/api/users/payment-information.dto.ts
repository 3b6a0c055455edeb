import { ApiProperty } from '@nestjs/swagger';
import type { Address, Card, PaymentInformation } from '../../customers/customer.js';

class AddressResponse {
  @ApiProperty({ type: String, nullable: true, example: '1 Main Street' })
  line1!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  line2!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Springfield' })
  city!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'IL' })
  state!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '62701' })
  postal_code!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'US' })
  country!: string | null;

  static of({ postalCode, ...rest }: Address): AddressResponse {
    return { ...rest, postal_code: postalCode };
  }
}

class BillingDetailsResponse {
  @ApiProperty({ type: String, nullable: true, example: 'Jenny Rosen' })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'jenny@example.com' })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  phone!: string | null;

  @ApiProperty({ type: AddressResponse, nullable: true })
  address!: AddressResponse | null;
}

class CardResponse {
  @ApiProperty({ example: 'visa' })
  brand!: string;

  @ApiProperty({ example: 8, description: '1 is January' })
  exp_month!: number;

  @ApiProperty({ example: 2030 })
  exp_year!: number;

  @ApiProperty({ example: '4242' })
  last4!: string;

  static of({ brand, expMonth, expYear, last4 }: Card): CardResponse {
    return { brand, exp_month: expMonth, exp_year: expYear, last4 };
  }
}

export class PaymentInformationResponse {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0,
    description:
      "Minor units of the customer's currency. Negative: a credit. Positive: added to the next invoice.",
  })
  balance!: number | null;

  @ApiProperty({ type: BillingDetailsResponse })
  billingDetails!: BillingDetailsResponse;

  @ApiProperty({ type: CardResponse, nullable: true })
  card!: CardResponse | null;

  static of({ balanceMinor, billingDetails, card }: PaymentInformation): PaymentInformationResponse {
    const { address } = billingDetails;
    return {
      balance: balanceMinor,
      billingDetails: { ...billingDetails, address: address && AddressResponse.of(address) },
      card: card && CardResponse.of(card),
    };
  }
}
