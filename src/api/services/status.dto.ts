import { ApiProperty } from '@nestjs/swagger';
import type { PaymentReport, PaymentStatus } from '../../payments/payment-status.js';
import { PaymentIdField } from './fields.js';

export class StatusQuery {
  @PaymentIdField()
  paymentID!: string;
}

export class StatusResponse {
  @ApiProperty({ description: 'As in the request', example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  paymentID!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it was sent to `/pay`; null if it was not',
    example: 'order-1234',
  })
  shopTransactionID!: string | null;

  @ApiProperty({ enum: ['ACCEPTED', 'PENDING', 'FAILED'] })
  status!: PaymentStatus;

  @ApiProperty({ enum: ['stripe'] })
  providerName!: 'stripe';

  static of(
    paymentID: string,
    { status, shopTransactionId: shopTransactionID }: PaymentReport,
  ): StatusResponse {
    return { paymentID, shopTransactionID, status, providerName: 'stripe' };
  }
}
