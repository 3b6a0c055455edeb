import { ApiProperty } from '@nestjs/swagger';
import { Problem } from '#core/problem.js';
import { PAYMENT_STATUSES, type PaymentStatus } from '../../payments/payment.js';
import type { PaymentReport } from '../../payments/payment-status.js';
import { decimalOf } from '../../payments/payment-view.js';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../../payments/subscription-record.js';
import { TextField } from '../dto/fields.js';
import { PaymentIdField, SHOP_TRANSACTION_ID_MAX_LENGTH } from './fields.js';

export class CheckQuery {
  @PaymentIdField()
  paymentID!: string;
}

export class StatusQuery {
  @PaymentIdField({ optional: true })
  paymentID?: string;

  @TextField({
    maxLength: SHOP_TRANSACTION_ID_MAX_LENGTH,
    isReference: true,
    optional: true,
    description:
      'Instead of `paymentID`: the newest payment that was sent to `/pay` with this id, if it is in the record',
    example: undefined,
  })
  shopTransactionID?: string;

  /** @throws {Problem} for both ids, or neither */
  toReference(): { paymentId: string } | { shopTransactionId: string } {
    const { paymentID, shopTransactionID } = this;
    if (paymentID !== undefined && shopTransactionID === undefined) return { paymentId: paymentID };
    if (paymentID === undefined && shopTransactionID !== undefined) {
      return { shopTransactionId: shopTransactionID };
    }
    const message = 'requires either paymentID or shopTransactionID';
    throw new Problem('invalid-request', { errors: [{ field: 'paymentID', message }] });
  }
}

export class StatusResponse {
  @ApiProperty({
    description: 'As in the request; for a `shopTransactionID` the id that `/pay` returned',
    example: 'cs_test_a1B2c3D4e5F6g7H8i9J0',
  })
  paymentID!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it was sent to `/pay`; null if it was not',
    example: 'order-1234',
  })
  shopTransactionID!: string | null;

  @ApiProperty({ enum: PAYMENT_STATUSES })
  status!: PaymentStatus;

  @ApiProperty({ example: '5.00' })
  amount!: string;

  @ApiProperty({ description: 'Also what is still on its way back', example: '0.00' })
  amountRefunded!: string;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  subscriptionID!: string | null;

  @ApiProperty({
    type: String,
    enum: SUBSCRIPTION_STATUSES,
    nullable: true,
    description: 'Null for a payment without a subscription. `status` stays what became of the payment.',
    example: null,
  })
  subscriptionStatus!: SubscriptionStatus | null;

  @ApiProperty({ enum: ['stripe'] })
  providerName!: 'stripe';

  /** @param paymentID the id in the request; by default the one that the caller was given */
  static of(report: PaymentReport, paymentID = report.paymentId): StatusResponse {
    const { currency } = report;
    return {
      paymentID,
      shopTransactionID: report.shopTransactionId,
      status: report.status,
      amount: decimalOf(report.amountMinor, currency),
      amountRefunded: decimalOf(report.refundedMinor, currency),
      currency,
      subscriptionID: report.subscriptionId,
      subscriptionStatus: report.subscriptionStatus,
      providerName: 'stripe',
    };
  }
}
