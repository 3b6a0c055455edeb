import { ApiProperty } from '@nestjs/swagger';
import { issuerTenant } from '#core/actor.js';
import type { Settings } from '../../config/settings.js';
import {
  DISPUTE_STATUSES,
  type DisputeStatus,
  PAYMENT_STATUSES,
  PAYMENT_TYPES,
  type PaymentStatus,
  type PaymentType,
  REFUND_STATUSES,
  type RefundStatus,
} from '../../payments/payment.js';
import type { PaymentFilter } from '../../payments/payment-filter.js';
import { TIMELINE_KINDS, type TimelineEntry, type TimelineKind } from '../../payments/payment-timeline.js';
import type { DisputeView, PaymentView, RefundView } from '../../payments/payment-view.js';
import {
  ChoiceField,
  CursorField,
  InstantField,
  PageSizeField,
  TextField,
  UserIdField,
} from '../dto/fields.js';
import { EXAMPLE_CUSTOMER_ID, EXAMPLE_PAYMENT_ID } from './examples.js';
import { PaymentIdField, SHOP_TRANSACTION_ID_MAX_LENGTH } from './fields.js';
import { fullTenant } from './owner.js';
import { TenantFilterField } from './tenant.field.js';

export const PAGE_SIZE_DEFAULT = 20;
const CURSOR = /^(cs|pi|ch|py)_[A-Za-z0-9_]{1,200}$/;

export class PaymentPath {
  @PaymentIdField()
  paymentID!: string;
}

export class PaymentsQuery {
  @TextField({
    maxLength: SHOP_TRANSACTION_ID_MAX_LENGTH,
    isReference: true,
    optional: true,
    description: 'Only payments that were sent to `/pay` with this id',
    example: undefined,
  })
  shopTransactionID?: string;

  @UserIdField({
    optional: true,
    description: 'Only payments of this user: of `tenant`, or else a signed-in one',
    example: undefined,
  })
  userId?: string;

  @TenantFilterField('Only payments of this tenant: the name of a partner, or `tenant` of a payment')
  tenant?: string;

  @ChoiceField({ choices: PAYMENT_STATUSES, optional: true, description: 'Only payments with this status' })
  status?: PaymentStatus;

  @ChoiceField({ choices: PAYMENT_TYPES, optional: true, description: 'Only payments that were started so' })
  type?: PaymentType;

  @InstantField({ optional: true, description: 'Only payments created then or later', example: undefined })
  from?: string;

  @InstantField({ optional: true, description: 'Only payments created before', example: undefined })
  to?: string;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @CursorField(CURSOR)
  cursor?: string;

  toFilter(settings: Pick<Settings, 'JWT_ISSUER'>): PaymentFilter {
    const { shopTransactionID, userId, status, type, from, to } = this;
    const tenant = tenantFilter(this, settings);
    return {
      ...(shopTransactionID !== undefined && { shopTransactionId: shopTransactionID }),
      ...(tenant !== undefined && { tenant }),
      ...(userId !== undefined && { userId }),
      ...(status && { status }),
      ...(type && { type }),
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
    };
  }
}

/** The tenant that a list is restricted to. As in `/pay`, a user without a tenant is one who signs in. */
export function tenantFilter(
  { tenant, userId }: { tenant?: string; userId?: string },
  { JWT_ISSUER: issuer }: Pick<Settings, 'JWT_ISSUER'>,
): string | undefined {
  if (tenant === undefined) return userId === undefined ? undefined : issuerTenant(issuer);
  return fullTenant(tenant);
}

class PaymentCardResponse {
  @ApiProperty({ type: String, nullable: true, example: 'visa' })
  brand!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '4242' })
  last4!: string | null;
}

class StripeIdsResponse {
  @ApiProperty({ type: String, nullable: true, example: EXAMPLE_PAYMENT_ID })
  session!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'pi_3Pabcdefghijklmn' })
  paymentIntent!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ch_3Pabcdefghijklmn' })
  charge!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  invoice!: string | null;

  @ApiProperty({ type: String, nullable: true, example: EXAMPLE_CUSTOMER_ID })
  customer!: string | null;
}

export class RefundViewResponse implements RefundView {
  @ApiProperty({ example: 're_3Pabcdefghijklmn' })
  refundID!: string;

  @ApiProperty({ example: '1.00' })
  amount!: string;

  @ApiProperty({ enum: REFUND_STATUSES })
  status!: RefundStatus;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:40:00.000Z' })
  createdAt!: string;
}

export class DisputeViewResponse implements DisputeView {
  @ApiProperty({ example: 'du_3Pabcdefghijklmn' })
  disputeID!: string;

  @ApiProperty({ example: '5.00' })
  amount!: string;

  @ApiProperty({ enum: DISPUTE_STATUSES })
  status!: DisputeStatus;

  @ApiProperty({ description: "Stripe's code", example: 'fraudulent' })
  reason!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When the evidence is due',
    example: '2026-12-01T23:59:59.000Z',
  })
  dueBy!: string | null;
}

/** A payment of the record. */
export class PaymentRecordResponse implements PaymentView {
  @ApiProperty({ description: 'The id that the caller was given', example: EXAMPLE_PAYMENT_ID })
  paymentID!: string;

  @ApiProperty({ enum: PAYMENT_TYPES })
  type!: PaymentType;

  @ApiProperty({ enum: PAYMENT_STATUSES })
  status!: PaymentStatus;

  @ApiProperty({ type: String, nullable: true, example: 'order-1234' })
  shopTransactionID!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'partner:clinic' })
  tenant!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'user-42' })
  userId!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Who started it; null if that is not known',
    example: 'service:shop',
  })
  caller!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: null })
  operationId!: string | null;

  @ApiProperty({ example: '5.00' })
  amount!: string;

  @ApiProperty({ description: 'Also what is still on its way back', example: '1.00' })
  amountRefunded!: string;

  @ApiProperty({ description: 'Without disputes that were won', example: '0.00' })
  amountDisputed!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "Stripe's fee. Null until it is known, and if it is in another currency.",
    example: '0.45',
  })
  fee!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As `fee`', example: '4.55' })
  net!: string | null;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  @ApiProperty({ type: PaymentCardResponse, nullable: true })
  card!: PaymentCardResponse | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  subscriptionID!: string | null;

  @ApiProperty({ type: StripeIdsResponse })
  stripe!: StripeIdsResponse;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:40:00.000Z' })
  updatedAt!: string;

  @ApiProperty({ description: 'Raised by one with each change', example: 2 })
  version!: number;

  @ApiProperty({ type: [RefundViewResponse] })
  refunds!: RefundViewResponse[];

  @ApiProperty({ type: [DisputeViewResponse] })
  disputes!: DisputeViewResponse[];
}

class TimelineEntryResponse implements TimelineEntry {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  at!: string;

  @ApiProperty({ enum: TIMELINE_KINDS })
  kind!: TimelineKind;

  @ApiProperty({ required: false, format: 'uuid' })
  operationId?: string;

  @ApiProperty({ required: false, description: "Stripe's id of the call", example: 'req_abcdefghijklmn' })
  requestId?: string;

  @ApiProperty({ required: false, description: "Stripe's id of the event", example: 'evt_abcdefghijklmn' })
  eventId?: string;

  @ApiProperty({ required: false, description: 'The type of the event or notification' })
  type?: string;

  @ApiProperty({ required: false, description: 'The refund or dispute that changed' })
  objectId?: string;

  @ApiProperty({ required: false, type: String, nullable: true, description: 'The status before' })
  from?: string | null;

  @ApiProperty({ required: false, description: 'The status after' })
  to?: string;

  @ApiProperty({ required: false })
  notificationId?: string;

  @ApiProperty({ required: false })
  endpointId?: string;
}

/** A payment of the record with all that happened to it. */
export class PaymentWithTimelineResponse extends PaymentRecordResponse {
  @ApiProperty({ type: [TimelineEntryResponse], description: 'Oldest first' })
  timeline!: TimelineEntryResponse[];
}

export class PaymentListResponse {
  @ApiProperty({ type: [PaymentRecordResponse] })
  data!: PaymentRecordResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
