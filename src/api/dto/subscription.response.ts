import { ApiProperty } from '@nestjs/swagger';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../../payments/subscription-record.js';
import type {
  InvoiceView,
  SubscriptionItemView,
  SubscriptionView,
} from '../../payments/subscription-view.js';

const EXAMPLE_PAYMENT_ID = 'cs_test_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6';
const EXAMPLE_SUBSCRIPTION_ID = 'sub_1TUvWxABCDEFGHIJKLMNOPQR';

class SubscriptionItemResponse implements SubscriptionItemView {
  @ApiProperty({ example: 'price_1Pabcdefghijklmn' })
  priceId!: string;

  @ApiProperty({ example: 'prod_abcdefghijklmn' })
  productId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null if the price is not a fixed amount per unit',
    example: '5.00',
  })
  unitAmount!: string | null;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null if it is billed by usage', example: 1 })
  quantity!: number | null;

  @ApiProperty({ example: 'month' })
  interval!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  intervalCount!: number;
}

export class InvoiceResponse implements InvoiceView {
  @ApiProperty({ example: 'in_1Pabcdefghijklmn' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, description: 'As Stripe names it', example: 'paid' })
  status!: string | null;

  @ApiProperty({ example: '5.00' })
  total!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "Stripe's page where it can be paid; null for a draft",
    example: 'https://invoice.stripe.com/i/acct_1/test_abc',
  })
  hostedUrl!: string | null;
}

/** A subscription of the record. */
export class SubscriptionResponse implements SubscriptionView {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null while its Checkout page is unpaid',
    example: EXAMPLE_SUBSCRIPTION_ID,
  })
  subscriptionID!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The first payment; null if it is not known',
    example: EXAMPLE_PAYMENT_ID,
  })
  paymentID!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'order-1234' })
  shopTransactionID!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'partner:clinic' })
  tenant!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'user-42' })
  userId!: string | null;

  @ApiProperty({ enum: SUBSCRIPTION_STATUSES })
  status!: SubscriptionStatus;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  currentPeriodStart!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2026-12-22T09:30:00.000Z' })
  currentPeriodEnd!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When it will end',
    example: null,
  })
  cancelAt!: string | null;

  @ApiProperty({ example: false })
  cancelAtPeriodEnd!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When it ended',
    example: null,
  })
  endedAt!: string | null;

  @ApiProperty({ type: [SubscriptionItemResponse] })
  items!: SubscriptionItemResponse[];

  @ApiProperty({ type: InvoiceResponse, nullable: true, description: 'Also one that is still a draft' })
  latestInvoice!: InvoiceResponse | null;

  @ApiProperty({ description: 'Raised by one with each change', example: 2 })
  version!: number;
}
