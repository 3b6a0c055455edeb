import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import type { DailyLimit, Guardrails } from '#core/guardrails.js';
import type { Scope } from '#core/scope.js';
import type { AuditAction, AuditDetails } from '../access/audit-entry.js';
import { MODES } from '../config/mode.js';
import type { DeliveryAttempt, DisabledReason } from '../notifications/endpoint.js';
import type { NotificationBody } from '../notifications/notification.js';
import type { NotificationType } from '../notifications/notification-types.js';
import type { CountedAmount } from '../operations/guardrail-rules.js';
import { REVIEW_FINDINGS } from '../operations/operation-review.js';
import { EVENT_STATES } from '../webhooks/event-state.js';
import { instant, minorUnits } from './columns.js';

/** The Stripe customer of each user of each tenant. */
export const customers = pgTable(
  'customers',
  {
    tenant: text().notNull(),
    userId: text('user_id').notNull(),
    /** Null until it is created at Stripe, and again after it was deleted there. */
    stripeCustomerId: text('stripe_customer_id').unique('customers_stripe_customer_id'),
    /** Incremented when the Stripe customer was deleted, so that the next one gets its own idempotency key. */
    generation: integer().notNull().default(1),
    /** The mode of Stripe that the customer belongs to. Null for one of an earlier version, until the next start. */
    mode: text({ enum: MODES }),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ name: 'customers_owner', columns: [table.tenant, table.userId] })],
);

/** Stripe customers of users that were deleted at Stripe; their payments stay visible. */
export const formerCustomers = pgTable(
  'former_customers',
  {
    stripeCustomerId: text('stripe_customer_id').primaryKey(),
    tenant: text().notNull(),
    userId: text('user_id').notNull(),
    /** When the deletion was noticed. */
    unlinkedAt: instant('unlinked_at').notNull(),
  },
  (table) => [index('former_customers_owner').on(table.tenant, table.userId)],
);

/**
 * Payment methods that are attached to users' customers, as far as we know, so that a charge need not ask Stripe. An
 * entry can be out of date only after a detachment, which is permanent: Stripe then refuses the charge.
 * https://docs.stripe.com/api/payment_methods/detach
 */
export const attachedPaymentMethods = pgTable(
  'attached_payment_methods',
  {
    paymentMethodId: text('payment_method_id').primaryKey(),
    stripeCustomerId: text('stripe_customer_id').notNull(),
    /** Found to be detached. The row is kept until the event of that is handled, which notifies callers. */
    isDetached: boolean('is_detached').notNull().default(false),
    /** Whether callers were notified that it is attached. True for those that an earlier version has stored. */
    isReported: boolean('is_reported').notNull().default(true),
  },
  (table) => [index('attached_payment_methods_customer').on(table.stripeCustomerId)],
);

/** Credentials of partners and internal services; the key itself is never stored. */
export const apiKeys = pgTable('api_keys', {
  id: uuid().primaryKey(),
  kind: text({ enum: ['partner', 'service'] }).notNull(),
  /** The partner's tenant or the service's name. */
  name: text().notNull(),
  label: text(),
  scopes: text().array().$type<Scope[]>().notNull().default([]),
  keySha256: text('key_sha256').notNull().unique('api_keys_key_sha256'),
  /** The key that this one was made to replace. A key has one replacement at most. */
  replaces: uuid()
    .unique('api_keys_replaces')
    .references((): AnyPgColumn => apiKeys.id),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  /** To the minute. */
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
  /** Null if it has none. */
  guardrails: jsonb().$type<Guardrails>(),
  /** The first of the keys that were rotated into this one: they share its sums of the day. Null for a first key. */
  counterKeyId: uuid('counter_key_id').references((): AnyPgColumn => apiKeys.id),
});

/** Who changed what. A trigger refuses to change an entry, and to delete one of the last 366 days. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant('at').notNull(),
    /** Such as `service:shop`, `operator:root` at the command line, or `stripe`. */
    caller: text().notNull(),
    /** The API key of a caller that has one. */
    keyId: uuid('key_id'),
    /** The caller's IP address, or what it used instead of HTTP. */
    address: text().notNull(),
    action: text().$type<AuditAction>().notNull(),
    objectId: text('object_id').notNull(),
    details: jsonb().$type<AuditDetails>().notNull(),
  },
  (table) => [index('audit_log_object').on(table.objectId, table.id), index('audit_log_at').on(table.at)],
);

/** How much of each limit of the day is used. Keys of one chain of rotations have one row. */
export const guardrailCounters = pgTable(
  'guardrail_counters',
  {
    keyId: uuid('key_id')
      .notNull()
      .references(() => apiKeys.id),
    /** In the business time zone. */
    day: date({ mode: 'string' }).notNull(),
    limitName: text('limit_name').$type<DailyLimit>().notNull(),
    currency: text().notNull(),
    amountMinor: minorUnits('amount_minor').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'guardrail_counters_limit',
      columns: [table.keyId, table.day, table.limitName, table.currency],
    }),
    check('guardrail_counters_never_negative', sql`${table.amountMinor} >= 0`),
  ],
);

/** Requests that move money, each done once. Their states are described in docs/adr/0005-operations.md. */
export const operations = pgTable(
  'operations',
  {
    /** Hash of caller, route and Idempotency-Key, so a repetition has the same id. */
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** Who may see its state; a user by a pseudonym. */
    caller: text().notNull(),
    /** SHA-256 of the request's body. */
    fingerprint: text().notNull(),
    state: text({ enum: ['running', 'done', 'needs-review'] }).notNull(),
    /** Part of the key for Stripe. Raised when a request that Stripe has refused is tried again. */
    generation: integer().notNull().default(1),
    /** The exact parameters for Stripe, encrypted, stored before the first attempt and deleted a day after the end. */
    plan: jsonb(),
    /** What its plan counts against a limit of the day of its key; null if nothing. */
    counted: jsonb().$type<CountedAmount>(),
    /** `{result}` or `{problem}`, once it is final. Kept after a refusal is reopened, until there is a new plan. */
    outcome: jsonb(),
    /** Identifies the running attempt. An attempt that has lost its lease can't change the row. */
    leaseId: uuid('lease_id').notNull(),
    leaseExpiresAt: instant('lease_expires_at').notNull(),
    /** Attempts without an outcome so far; the worker makes the next one at `retryAt`. */
    attempts: integer().notNull().default(0),
    retryAt: instant('retry_at').notNull(),
    firstSentAt: instant('first_sent_at'),
    /** When it was first looked up at Stripe, or not decrypted, since it was last sent without a clear answer. */
    firstLookedAt: instant('first_looked_at'),
    createdAt: instant('created_at').notNull(),
    finishedAt: instant('finished_at'),
    /** The span of the request, which later attempts continue: https://www.w3.org/TR/trace-context/. Null if tracing is off. */
    traceparent: text(),
  },
  (table) => [
    index('operations_due')
      .on(table.retryAt)
      .where(sql`state = 'running'`),
    index('operations_charges')
      .on(table.caller, table.createdAt)
      .where(sql`kind = 'charge'`),
    index('operations_prunable')
      .on(table.createdAt)
      .where(sql`state = 'done'`),
    index('operations_needs_review')
      .on(table.createdAt)
      .where(sql`state = 'needs-review'`),
    index('operations_with_secrets')
      .on(table.finishedAt)
      .where(sql`plan is not null`),
  ],
);

/** What a person has found out about operations that need a review. Who and how is in the audit log, which is kept for less time. */
export const operationReviews = pgTable('operation_reviews', {
  operationId: uuid('operation_id')
    .primaryKey()
    .references(() => operations.id),
  finding: text({ enum: REVIEW_FINDINGS }).notNull(),
  closedAt: instant('closed_at').notNull(),
});

/**
 * Which caller started a payment. Kept longer than the operations, and unlike metadata it can't be changed in Stripe's
 * Dashboard.
 */
export const paymentCallers = pgTable('payment_callers', {
  /** The id of its Checkout Session, or of another of its Stripe objects once a caller has named that. */
  stripeId: text('stripe_id').primaryKey(),
  caller: text().notNull(),
  operationId: uuid('operation_id').notNull(),
  createdAt: instant('created_at').notNull(),
});

/** How much of a Stripe Charge is refunded or reserved. A refund locks its row first. */
export const refundableCharges = pgTable(
  'refundable_charges',
  {
    chargeId: text('charge_id').primaryKey(),
    capturedMinor: minorUnits('captured_minor').notNull(),
    /** Refunds without a reservation, such as those made in Stripe's dashboard. */
    refundedElsewhereMinor: minorUnits('refunded_elsewhere_minor').notNull(),
    reservedMinor: minorUnits('reserved_minor').notNull(),
  },
  (table) => [
    check(
      'refundable_charges_never_over',
      sql`${table.refundedElsewhereMinor} + ${table.reservedMinor} <= ${table.capturedMinor}`,
    ),
  ],
);

/** The amount of each refund, reserved before it is sent to Stripe and released if it fails. */
export const refundReservations = pgTable(
  'refund_reservations',
  {
    /** An operation whose process died before it was planned is deleted, and its reservation with it. */
    operationId: uuid('operation_id')
      .primaryKey()
      .references(() => operations.id, { onDelete: 'cascade' }),
    chargeId: text('charge_id')
      .notNull()
      .references(() => refundableCharges.chargeId),
    amountMinor: minorUnits('amount_minor').notNull(),
  },
  (table) => [index('refund_reservations_charge').on(table.chargeId)],
);

/** The inbox of Stripe's events: which were received, and what became of them. Their payloads are not kept. */
export const webhookEvents = pgTable(
  'webhook_events',
  {
    id: text().primaryKey(),
    type: text().notNull(),
    /** The object in its payload. Null for the few objects that have no id, and for an event of an earlier version. */
    objectId: text('object_id'),
    /** The row of `event_targets` that it waits for while it is stored. Null if it is never handled. */
    targetId: text('target_id'),
    /** Null for an event of an earlier version, which handles it before it answers. */
    state: text({ enum: EVENT_STATES }),
    /** How it was first learned of. An event from the walk that still arrives is changed to `webhook`. */
    source: text({ enum: ['webhook', 'walk'] })
      .notNull()
      .default('webhook'),
    /** When it happened at Stripe. */
    createdAt: instant('created_at'),
    receivedAt: instant('received_at').notNull(),
    /** Null until it is handled. */
    handledAt: instant('handled_at'),
    attempts: integer().notNull().default(0),
    /** Why it was not handled, in words that contain no data of its object. */
    lastError: text('last_error'),
  },
  (table) => [
    index('webhook_events_received').on(table.receivedAt, table.id),
    index('webhook_events_state').on(table.state, table.receivedAt, table.id),
    index('webhook_events_open')
      .on(table.targetId)
      .where(sql`state in ('stored', 'dead')`),
    index('webhook_events_missed')
      .on(table.receivedAt)
      .where(sql`source = 'walk'`),
  ],
);

/** The queue of the inbox: objects at Stripe that have events to handle. However many wait, each object is one row. */
export const eventTargets = pgTable(
  'event_targets',
  {
    /** Such as `payment_intent:pi_1`. */
    id: text().primaryKey(),
    kind: text().notNull(),
    objectId: text('object_id').notNull(),
    /** Raised by each new event, so that an attempt notices those that it has not seen. */
    revision: integer().notNull().default(1),
    leaseId: uuid('lease_id').notNull(),
    leaseExpiresAt: instant('lease_expires_at').notNull(),
    attempts: integer().notNull().default(0),
    retryAt: instant('retry_at').notNull(),
  },
  (table) => [index('event_targets_due').on(table.retryAt)],
);

/** The walk of Stripe's list of events. One row. */
export const eventWalk = pgTable(
  'event_walk',
  {
    id: integer().primaryKey().default(1),
    /** When the last complete walk started; the next one looks for what happened since. */
    startedAt: instant('started_at').notNull(),
    /** When events were found to be older than Stripe keeps them. Null once the account was read again. */
    backfillNeededSince: instant('backfill_needed_since'),
  },
  (table) => [check('event_walk_one_row', sql`${table.id} = 1`)],
);

/**
 * Requests of each credential in the current window. rate-limiter-flexible dictates the names, types and order of the
 * columns. The table is unlogged: counts may be lost with a crash of PostgreSQL, and cost no write-ahead log.
 */
export const rateLimits = pgTable('rate_limits', {
  key: varchar({ length: 255 }).primaryKey(),
  points: integer().notNull(),
  /** Unix time in milliseconds. */
  expire: bigint({ mode: 'number' }),
});

/** Charge attempts and SetupIntents of each user in the window of their limit, for the brake against card testing. */
export const brakeCounts = pgTable(
  'brake_counts',
  {
    tenant: text().notNull(),
    userId: text('user_id').notNull(),
    kind: text({ enum: ['attempts', 'setup-intents'] }).notNull(),
    /** Unix times in milliseconds by operation id. */
    entries: jsonb().$type<Record<string, number>>().notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ name: 'brake_counts_owner', columns: [table.tenant, table.userId, table.kind] })],
);

/** Declined charges, for the brake against card testing. */
export const brakeDeclines = pgTable(
  'brake_declines',
  {
    operationId: uuid('operation_id').primaryKey(),
    tenant: text().notNull(),
    userId: text('user_id').notNull(),
    declinedAt: instant('declined_at').notNull(),
  },
  (table) => [
    index('brake_declines_owner').on(table.tenant, table.userId, table.declinedAt),
    index('brake_declines_tenant').on(table.tenant, table.declinedAt),
  ],
);

/** Partners with declined charges, for the brake against card testing. Each decline locks its partner's row. */
export const brakePartners = pgTable('brake_partners', {
  tenant: text().primaryKey(),
  /** No charge is attempted before. Null if the share of declines was never too large. */
  blockedUntil: instant('blocked_until'),
});

/** Facts that callers are notified of, each written in the transaction of its change: docs/adr/0014-notifications.md. */
export const notifications = pgTable(
  'notifications',
  {
    id: uuid().primaryKey(),
    type: text().$type<NotificationBody['type']>().notNull(),
    subject: text().notNull(),
    sequence: integer().notNull(),
    /** When it happened. */
    at: instant('at').notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    tenant: text(),
    userId: text('user_id'),
    caller: text(),
    paymentId: text('payment_id'),
    /** The body for `PAYMENT_CALLBACK_URL`; null if it does not get this notification. */
    callback: jsonb().$type<Record<string, unknown>>(),
    /** The only endpoint that gets it; null for all that ask for it. */
    endpointId: uuid('endpoint_id'),
    createdAt: instant('created_at').notNull(),
    /** The order of insertion, which is that of the sequence within a subject. */
    inserted: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    /** The order of the list. Null until it is committed and placed, so that none is placed before one that was read. */
    position: bigint({ mode: 'number' }),
    /** The span of the change that it reports, which deliveries continue. Null if tracing is off. */
    traceparent: text(),
  },
  (table) => [
    uniqueIndex('notifications_sequence').on(table.subject, table.sequence),
    uniqueIndex('notifications_position').on(table.position),
    index('notifications_unplaced')
      .on(table.inserted)
      .where(sql`position is null`),
    index('notifications_caller').on(table.caller, table.position),
    index('notifications_tenant').on(table.tenant, table.position),
    index('notifications_payment').on(table.paymentId, table.position),
    index('notifications_type').on(table.type, table.position),
    index('notifications_created').on(table.createdAt, table.position),
  ],
);

/** Positions of notifications. */
export const notificationPositions = pgSequence('notification_positions');

/** The last sequence number of each subject. Kept for ever: numbers must not start again. */
export const notificationSubjects = pgTable('notification_subjects', {
  subject: text().primaryKey(),
  lastSequence: integer('last_sequence').notNull(),
});

/** Where notifications are delivered to. */
export const notificationEndpoints = pgTable(
  'notification_endpoints',
  {
    id: uuid().primaryKey(),
    /** The caller that it belongs to, as `callerName` gives it. */
    caller: text().notNull(),
    /** The tenant whose notifications it gets; null for those of a service. */
    tenant: text(),
    /** Whether its caller had an API key when it was made. A caller with a token of the identity provider has none. */
    hasKey: boolean('has_key').notNull(),
    /** For a caller without an API key: whether it had the scope `payments:any`. */
    seesAll: boolean('sees_all').notNull(),
    url: text().notNull(),
    /** The types that it gets; null for all. */
    types: text().array().$type<NotificationType[]>(),
    description: text(),
    enabled: boolean().notNull(),
    disabledReason: text('disabled_reason').$type<DisabledReason>(),
    /** Encrypted in the context of the id. Empty only for `PAYMENT_CALLBACK_URL` without a secret. */
    secret: text().notNull(),
    previousSecret: text('previous_secret'),
    previousSecretExpiresAt: instant('previous_secret_expires_at'),
    createdAt: instant('created_at').notNull(),
    /** Since when nothing was delivered while something was due; null if nothing is due. */
    failingSince: instant('failing_since'),
    /** The receiver has asked not to be called before. */
    pausedUntil: instant('paused_until'),
  },
  (table) => [index('notification_endpoints_caller').on(table.caller, table.createdAt)],
);

/** One notification for one endpoint. */
export const notificationDeliveries = pgTable(
  'notification_deliveries',
  {
    notificationId: uuid('notification_id')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    endpointId: uuid('endpoint_id')
      .notNull()
      .references(() => notificationEndpoints.id, { onDelete: 'cascade' }),
    /** The queue that it waits in, see `notification_queues`. */
    lane: text().notNull(),
    /** The position of the notification. */
    position: bigint({ mode: 'number' }).notNull(),
    state: text({ enum: ['pending', 'delivered', 'failed'] }).notNull(),
    attempts: jsonb().$type<DeliveryAttempt[]>().notNull().default([]),
    /** Failed attempts since it was last asked for. */
    failures: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'notification_deliveries_key', columns: [table.notificationId, table.endpointId] }),
    index('notification_deliveries_pending')
      .on(table.endpointId, table.lane, table.position)
      .where(sql`state = 'pending'`),
    index('notification_deliveries_endpoint').on(table.endpointId, table.position),
  ],
);

/** What became of deliveries about payments. Kept as long as the payment, for its timeline. */
export const paymentDeliveries = pgTable(
  'payment_deliveries',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    paymentId: text('payment_id').notNull(),
    at: instant('at').notNull(),
    notificationId: uuid('notification_id').notNull(),
    type: text().notNull(),
    endpointId: uuid('endpoint_id').notNull(),
    state: text({ enum: ['delivered', 'failed'] }).notNull(),
  },
  (table) => [index('payment_deliveries_payment').on(table.paymentId, table.at)],
);

/**
 * What is waiting for an endpoint, one row for each of its subjects: only the first delivery of a lane is attempted. The
 * row is deleted with the last one. Redeliveries have lanes of their own.
 */
export const notificationQueues = pgTable(
  'notification_queues',
  {
    id: uuid().notNull().defaultRandom().unique('notification_queues_id'),
    endpointId: uuid('endpoint_id')
      .notNull()
      .references(() => notificationEndpoints.id, { onDelete: 'cascade' }),
    lane: text().notNull(),
    /** Whether its deliveries were delivered before, or could have been: they never delay first deliveries. */
    isRedelivery: boolean('is_redelivery').notNull().default(false),
    /** When the first delivery is attempted. */
    retryAt: instant('retry_at').notNull(),
    /** Identifies the running attempt. */
    leaseId: uuid('lease_id').notNull(),
    leaseExpiresAt: instant('lease_expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'notification_queues_key', columns: [table.endpointId, table.lane] }),
    index('notification_queues_due').on(table.endpointId, table.isRedelivery, table.retryAt),
  ],
);
