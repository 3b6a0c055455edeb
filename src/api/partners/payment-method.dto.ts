import { ApiProperty } from '@nestjs/swagger';
import { type Card, paymentMethodView } from '../../customers/customer.js';

export class PaymentMethodResponse {
  @ApiProperty({ example: 'pm_1TUvWxABCDEFGHIJKLMNOPQR' })
  stripe_payment_method_id!: string;

  @ApiProperty({ example: 'visa' })
  brand!: string;

  @ApiProperty({ example: 8, description: '1 is January' })
  exp_month!: number;

  @ApiProperty({ example: 2030 })
  exp_year!: number;

  @ApiProperty({ example: '4242' })
  last4!: string;

  static of(card: Card): PaymentMethodResponse {
    return paymentMethodView(card);
  }
}
