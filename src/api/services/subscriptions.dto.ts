import { ApiProperty } from '@nestjs/swagger';
import type { Settings } from '../../config/settings.js';
import type { SubscriptionFilter } from '../../payments/subscription-filter.js';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../../payments/subscription-record.js';
import type {
  InvoiceView,
  SubscriptionItemView,
  SubscriptionView,
} from '../../payments/subscription-view.js';
import { ChoiceField, CursorField, PageSizeField, StripeIdField, UserIdField } from '../dto/fields.js';
import { EXAMPLE_PAYMENT_ID, EXAMPLE_SUBSCRIPTION_ID } from './examples.js';
import { PAGE_SIZE_DEFAULT, TenantField, tenantFilter } from './payments.dto.js';

const ID_PREFIXES = ['sub', 'cs'] as const;
const CURSOR = /^(cs|sub)_[A-Za-z0-9_]{1,200}$/;

export class SubscriptionPath {
  @StripeIdField({
    prefixes: ID_PREFIXES,
    description:
      'The subscription: its id, or that of the Checkout Session on which it was started. 404 for a subscription that ' +
      'another caller started, unless the credential has the scope `payments:any`',
    example: EXAMPLE_SUBSCRIPTION_ID,
  })
  id!: string;
}

export class SubscriptionsQuery {
  @UserIdField({
    optional: true,
    description: 'Only subscriptions of this user: of `tenant`, or else a signed-in one',
    example: undefined,
  })
  userId?: string;

  @TenantField('Only subscriptions of this tenant: the name of a partner, or `tenant` of a subscription')
  tenant?: string;

  @ChoiceField({
    choices: SUBSCRIPTION_STATUSES,
    optional: true,
    description: 'Only subscriptions with this status',
  })
  status?: SubscriptionStatus;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @CursorField(CURSOR)
  cursor?: string;

  toFilter(settings: Pick<Settings, 'JWT_ISSUER'>): SubscriptionFilter {
    const { userId, status } = this;
    const tenant = tenantFilter(this, settings);
    return {
      ...(tenant !== undefined && { tenant }),
      ...(userId !== undefined && { userId }),
      ...(status && { status }),
    };
  }
}

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

export class SubscriptionListResponse {
  @ApiProperty({ type: [SubscriptionResponse] })
  data!: SubscriptionResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
