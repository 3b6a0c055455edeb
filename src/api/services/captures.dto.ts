import { ApiProperty } from '@nestjs/swagger';
import type { CaptureCommand, PaymentEnd } from '../../captures/capture.js';
import { decimalOf } from '../../payments/payment-view.js';
import { DecimalAmountField, PaymentIdField } from './fields.js';

export class ConfirmRequest {
  @PaymentIdField()
  paymentID!: string;

  @DecimalAmountField({
    optional: true,
    description: "In the payment's currency; all that is authorized by default. The rest is released.",
    example: '4.00',
  })
  amount?: string;

  toCommand(): CaptureCommand {
    const { paymentID: paymentId, amount: decimal } = this;
    return { paymentId, ...(decimal !== undefined && { amount: { decimal } }) };
  }
}

export class VoidRequest {
  @PaymentIdField()
  paymentID!: string;
}

/** The response of `/pay/confirm` and `/pay/void`. */
export class EndedPaymentResponse {
  @ApiProperty({ enum: ['OK'] })
  result!: 'OK';

  @ApiProperty({ description: 'As in the request', example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  paymentID!: string;

  @ApiProperty({ description: 'What was captured, or released', example: '4.00' })
  amount!: string;

  static of(paymentID: string, { amountMinor, currency }: PaymentEnd): EndedPaymentResponse {
    return { result: 'OK', paymentID, amount: decimalOf(amountMinor, currency) };
  }
}
