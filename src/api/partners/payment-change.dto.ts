import { ApiProperty } from '@nestjs/swagger';
import type { CaptureCommand, PaymentEnd } from '../../captures/capture.js';
import type { Refund, RefundCommand, RefundResult } from '../../refunds/refund.js';
import type { PartnerActor } from '#core/actor.js';
import type { RequestedAmount } from '#core/requested-amount.js';
import { MinorAmountField } from '../dto/fields.js';
import type { PartnerUserPayment } from './partner-user.dto.js';
import { STATUS_NAMES } from './payment.dto.js';

const EXAMPLE_PAYMENT_ID = 'pi_3TUvWxABCDEFGHIJ0RSTUVWX';

/** Examples for the OpenAPI document. */
export const CAPTURE_EXAMPLES = {
  all: { summary: 'All that is authorized', value: {} },
  part: { summary: 'A part of it; the rest is released', value: { amount: '2000' } },
};

/** Examples for the OpenAPI document. */
export const REFUND_EXAMPLES = {
  part: { summary: 'A partial refund', value: { amount: '100' } },
  all: { summary: 'A full refund', value: {} },
};

const REFUND_STATUSES: Readonly<Record<RefundResult, string>> = {
  OK: 'succeeded',
  PENDING: 'pending',
  KO: 'failed',
};

class PartialAmountRequest {
  @MinorAmountField({
    optional: true,
    description: "Minor units of the payment's currency, as a number or a string of digits; all by default",
    example: '100',
  })
  amount?: number | string;
}

export class CaptureRequest extends PartialAmountRequest {
  toCommand(payment: PartnerUserPayment, partner: PartnerActor): CaptureCommand {
    return { paymentId: payment.id, owner: payment.of(partner), ...requestedAmountOf(this) };
  }
}

export class PartnerRefundRequest extends PartialAmountRequest {
  toCommand(payment: PartnerUserPayment, partner: PartnerActor): RefundCommand {
    return { paymentId: payment.id, owner: payment.of(partner), ...requestedAmountOf(this) };
  }
}

function requestedAmountOf({ amount }: PartialAmountRequest): { amount?: RequestedAmount } {
  return amount === undefined ? {} : { amount: { minor: amount } };
}

export class PaymentEndResponse {
  @ApiProperty({ example: EXAMPLE_PAYMENT_ID })
  stripe_payment_id!: string;

  @ApiProperty({ enum: [STATUS_NAMES.succeeded, STATUS_NAMES.canceled], example: STATUS_NAMES.succeeded })
  status!: string;

  @ApiProperty({
    description: 'Minor units: what was captured, or what the cancelled payment was for',
    example: '2000',
    pattern: '^[0-9]+$',
  })
  amount!: string;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  static of({ id, status, amountMinor, currency }: PaymentEnd): PaymentEndResponse {
    return {
      stripe_payment_id: id,
      status: STATUS_NAMES[status],
      amount: String(amountMinor),
      currency,
    };
  }
}

export class PartnerRefundResponse {
  @ApiProperty({ example: 're_3TUvWxABCDEFGHIJ0KLMNOPQ' })
  stripe_refund_id!: string;

  @ApiProperty({ description: 'As in the request', example: EXAMPLE_PAYMENT_ID })
  stripe_payment_id!: string;

  @ApiProperty({
    enum: Object.values(REFUND_STATUSES),
    description: 'A pending refund may still fail; the money of a failed one stays here',
  })
  status!: string;

  @ApiProperty({ description: 'The refunded amount in minor units', example: '100', pattern: '^[0-9]+$' })
  amount!: string;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  static of(paymentId: string, { id, result, amountMinor, currency }: Refund): PartnerRefundResponse {
    return {
      stripe_refund_id: id,
      stripe_payment_id: paymentId,
      status: REFUND_STATUSES[result],
      amount: String(amountMinor),
      currency,
    };
  }
}
