import { ApiProperty } from '@nestjs/swagger';
import type { Card } from '../../customers/customer.js';

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

  static of({ paymentMethodId, brand, expMonth, expYear, last4 }: Card): PaymentMethodResponse {
    return {
      stripe_payment_method_id: paymentMethodId,
      brand,
      exp_month: expMonth,
      exp_year: expYear,
      last4,
    };
  }
}
