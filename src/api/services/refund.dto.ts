import { ApiProperty } from '@nestjs/swagger';
import { formatDecimalAmount } from '#core/money.js';
import type { Refund, RefundCommand, RefundResult } from '../../refunds/refund.js';
import { DecimalAmountField, PaymentIdField } from './fields.js';

const DESCRIPTIONS: Readonly<Record<RefundResult, string>> = {
  OK: 'The money is on its way back.',
  PENDING: 'The refund is being processed.',
  KO: 'The refund failed; the money stays here.',
};

export class RefundRequest {
  @PaymentIdField()
  paymentID!: string;

  @DecimalAmountField({
    optional: true,
    description: "The amount in the payment's currency; all that is left by default",
    example: '1.00',
  })
  amount?: string;

  toCommand(): RefundCommand {
    const { paymentID: paymentId, amount } = this;
    return { paymentId, ...(amount !== undefined && { amount: { decimal: amount } }) };
  }
}

export class RefundResponse {
  @ApiProperty({ enum: Object.keys(DESCRIPTIONS) })
  result!: RefundResult;

  @ApiProperty({ enum: Object.values(DESCRIPTIONS) })
  resultDescription!: string;

  @ApiProperty({ description: 'As in the request', example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  paymentID!: string;

  @ApiProperty({ example: 're_3TUvWxABCDEFGHIJ0KLMNOPQ' })
  refundID!: string;

  @ApiProperty({ description: "The refunded amount in the payment's currency", example: '1.00' })
  amount!: string;

  static of(paymentID: string, { id: refundID, result, amountMinor, currency }: Refund): RefundResponse {
    const amount = formatDecimalAmount(amountMinor, currency);
    return { result, resultDescription: DESCRIPTIONS[result], paymentID, refundID, amount };
  }
}
