import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { BACKFILL_STEPS } from '../backfill/backfill-item.js';
import {
  CHECKOUT_STATUSES,
  DISPUTE_STATUSES,
  PAYMENT_STAGES,
  PAYMENT_STATUSES,
  PAYMENT_TYPES,
  REFUND_STATUSES,
} from '../payments/payment.js';
import {
  SUBSCRIPTION_STATUSES,
  type SubscriptionInvoice,
  type SubscriptionItem,
} from '../payments/subscription-record.js';
import type { WithheldSubscriptionFact } from '../payments/subscription-notices.js';
import type { WithheldFact } from '../payments/withheld-facts.js';
import type { TimelineEntry } from '../payments/payment-timeline.js';
import { instant, minorUnits } from './columns.js';

/** Every payment that we know of: docs/adr/0012-record-of-payments.md. */
export const payments = pgTable(
  'payments',
  {
    /** What the caller was given: the id of the Checkout Session, or else of the PaymentIntent. */
    paymentId: text('payment_id').primaryKey(),
    /** The order of those that were created in the same second. */
    position: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    operationId: uuid('operation_id'),
    caller: text(),
    tenant: text(),
    userId: text('user_id'),
    shopTransactionId: text('shop_transaction_id'),
    type: text({ enum: PAYMENT_TYPES }).notNull(),
    status: text({ enum: PAYMENT_STATUSES }).notNull(),
    stage: text({ enum: PAYMENT_STAGES }).notNull(),
    checkoutStatus: text('checkout_status', { enum: CHECKOUT_STATUSES }),
    sessionId: text('session_id'),
    paymentIntentId: text('payment_intent_id'),
    chargeId: text('charge_id'),
    invoiceId: text('invoice_id'),
    subscriptionId: text('subscription_id'),
    customerId: text('customer_id'),
    amountMinor: minorUnits('amount_minor').notNull(),
    refundedMinor: minorUnits('refunded_minor').notNull(),
    disputedMinor: minorUnits('disputed_minor').notNull(),
    feeMinor: minorUnits('fee_minor'),
    netMinor: minorUnits('net_minor'),
    currency: text().notNull(),
    methodType: text('method_type'),
    cardBrand: text('card_brand'),
    cardLast4: text('card_last4'),
    /** At Stripe. */
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** Raised by one with each change that callers can see. */
    version: integer().notNull(),
    /** Raised whenever it is written or compared with Stripe, so that an older answer of Stripe's is not applied. */
    revision: integer().notNull(),
    timeline: jsonb().$type<TimelineEntry[]>().notNull(),
    /** Not used any more, but earlier versions write it. */
    isAnnounced: boolean('is_announced').notNull().default(true),
    /** What callers were not notified of, because its event may still arrive. */
    withheld: jsonb().$type<WithheldFact[]>().notNull().default([]),
    /** The operation that opens, or has opened, a Checkout page in place of its PaymentIntent: see the confirm page. */
    replacementId: uuid('replacement_id'),
  },
  (table) => [
    uniqueIndex('payments_session').on(table.sessionId),
    uniqueIndex('payments_payment_intent').on(table.paymentIntentId),
    index('payments_charge').on(table.chargeId),
    index('payments_invoice').on(table.invoiceId),
    index('payments_subscription').on(table.subscriptionId, table.createdAt),
    index('payments_operation').on(table.operationId),
    index('payments_replacement')
      .on(table.replacementId)
      .where(sql`replacement_id is not null`),
    // The list: it reads each status and type apart, so that no filter has to skip rows.
    index('payments_list').on(table.status, table.type, table.createdAt, table.position),
    index('payments_of_tenant').on(table.tenant, table.status, table.type, table.createdAt, table.position),
    index('payments_of_caller').on(table.caller, table.status, table.type, table.createdAt, table.position),
    index('payments_of_caller_and_tenant').on(
      table.caller,
      table.tenant,
      table.status,
      table.type,
      table.createdAt,
      table.position,
    ),
    index('payments_of_user').on(table.tenant, table.userId, table.createdAt, table.position),
    index('payments_of_shop_transaction').on(table.shopTransactionId, table.createdAt, table.position),
  ],
);

/** The refunds of payments in the record. */
export const paymentRefunds = pgTable(
  'payment_refunds',
  {
    refundId: text('refund_id').primaryKey(),
    paymentId: text('payment_id')
      .notNull()
      .references(() => payments.paymentId),
    amountMinor: minorUnits('amount_minor').notNull(),
    status: text({ enum: REFUND_STATUSES }).notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('payment_refunds_payment').on(table.paymentId)],
);

/** The disputes of payments in the record. */
export const paymentDisputes = pgTable(
  'payment_disputes',
  {
    disputeId: text('dispute_id').primaryKey(),
    paymentId: text('payment_id')
      .notNull()
      .references(() => payments.paymentId),
    amountMinor: minorUnits('amount_minor').notNull(),
    status: text({ enum: DISPUTE_STATUSES }).notNull(),
    stripeStatus: text('stripe_status'),
    reason: text().notNull(),
    dueBy: instant('due_by'),
    hasEvidence: boolean('has_evidence').notNull().default(false),
    isPastDue: boolean('is_past_due').notNull().default(false),
    submissionCount: integer('submission_count').notNull().default(0),
    /** At Stripe. The default is for earlier versions, which do not write it. */
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Of its payment. Triggers keep it the same, as earlier versions do not write it. */
    caller: text(),
  },
  (table) => [
    index('payment_disputes_payment').on(table.paymentId),
    index('payment_disputes_list').on(table.createdAt, table.disputeId),
    index('payment_disputes_of_status').on(table.status, table.createdAt, table.disputeId),
    index('payment_disputes_of_caller').on(table.caller, table.createdAt, table.disputeId),
    index('payment_disputes_of_caller_and_status').on(
      table.caller,
      table.status,
      table.createdAt,
      table.disputeId,
    ),
  ],
);

/** How far `npm run backfill` has come, while it has not reached its end. One row. */
export const backfills = pgTable(
  'backfills',
  {
    id: integer().primaryKey().default(1),
    /** Null for the whole account. */
    since: instant('since'),
    startedAt: instant('started_at').notNull(),
    step: text({ enum: BACKFILL_STEPS }).notNull(),
    /** The last object of the step's list that was read; null before the first. */
    lastId: text('last_id'),
    itemCount: integer('item_count').notNull(),
    /** The objects that Stripe refused to show. */
    skipped: text().array().notNull().default([]),
  },
  (table) => [check('backfills_one_row', sql`${table.id} = 1`)],
);

/** Every subscription that we know of, also one whose Checkout page is still unpaid. */
export const paymentSubscriptions = pgTable(
  'payment_subscriptions',
  {
    position: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Null until Checkout has created it, which is after the first payment. */
    subscriptionId: text('subscription_id').unique('payment_subscriptions_subscription_id'),
    /** The first payment; null if it is not known. */
    paymentId: text('payment_id'),
    sessionId: text('session_id').unique('payment_subscriptions_session_id'),
    operationId: uuid('operation_id'),
    caller: text(),
    tenant: text(),
    userId: text('user_id'),
    shopTransactionId: text('shop_transaction_id'),
    customerId: text('customer_id'),
    status: text({ enum: SUBSCRIPTION_STATUSES }).notNull(),
    checkoutStatus: text('checkout_status', { enum: CHECKOUT_STATUSES }),
    currentPeriodStart: instant('current_period_start'),
    currentPeriodEnd: instant('current_period_end'),
    cancelAt: instant('cancel_at'),
    cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull(),
    endedAt: instant('ended_at'),
    items: jsonb().$type<SubscriptionItem[]>().notNull(),
    latestInvoice: jsonb('latest_invoice').$type<SubscriptionInvoice>(),
    failedAttempts: jsonb('failed_attempts').$type<Record<string, string>>().notNull().default({}),
    /** What callers were not notified of, because its event may still arrive. */
    withheld: jsonb().$type<WithheldSubscriptionFact[]>().notNull().default([]),
    /** At Stripe. */
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    version: integer().notNull(),
    revision: integer().notNull(),
  },
  (table) => [
    index('payment_subscriptions_operation').on(table.operationId),
    index('payment_subscriptions_list').on(table.status, table.createdAt, table.position),
    index('payment_subscriptions_of_tenant').on(table.tenant, table.status, table.createdAt, table.position),
    index('payment_subscriptions_of_caller').on(table.caller, table.status, table.createdAt, table.position),
    index('payment_subscriptions_of_caller_and_tenant').on(
      table.caller,
      table.tenant,
      table.status,
      table.createdAt,
      table.position,
    ),
    index('payment_subscriptions_of_user').on(table.tenant, table.userId, table.createdAt, table.position),
  ],
);
