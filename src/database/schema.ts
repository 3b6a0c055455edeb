import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const minorUnits = (name: string) => bigint(name, { mode: 'number' });

/** Which Stripe customer stands for which user of which tenant. */
export const customers = pgTable(
  'customers',
  {
    tenant: text().notNull(),
    userId: text('user_id').notNull(),
    /** Null until Stripe has made one, and again once that was deleted there. */
    stripeCustomerId: text('stripe_customer_id').unique('customers_stripe_customer_id'),
    /** Raised when Stripe's customer was deleted, so that the next one gets an idempotency key of its own. */
    generation: integer().notNull().default(1),
    /** Of the version before operations made customers; to be dropped once that no longer runs. */
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ name: 'customers_owner', columns: [table.tenant, table.userId] })],
);

/** Credentials of partners and internal services; the key itself is never stored. */
export const apiKeys = pgTable('api_keys', {
  id: uuid().primaryKey(),
  kind: text({ enum: ['partner', 'service'] }).notNull(),
  /** The partner's tenant or the service's name. */
  name: text().notNull(),
  keySha256: text('key_sha256').notNull().unique('api_keys_key_sha256'),
  createdAt: instant('created_at').notNull(),
  revokedAt: instant('revoked_at'),
});

/** Money-moving requests, each done once however often it is asked for. */
export const operations = pgTable(
  'operations',
  {
    /** Made of caller, route and Idempotency-Key: equal for a repetition, and for nothing else. */
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** Who may ask how it stands. */
    caller: text().notNull(),
    /** SHA-256 of the request's body. */
    fingerprint: text().notNull(),
    state: text({ enum: ['running', 'done', 'needs-review'] }).notNull(),
    /** The exact parameters for Stripe, fixed before the first attempt. */
    plan: jsonb(),
    /** `{result}` or `{problem}`, once it is final. */
    outcome: jsonb(),
    /** The attempt under way, until then; whoever has lost the lease changes nothing any more. */
    leaseId: uuid('lease_id').notNull(),
    leaseExpiresAt: instant('lease_expires_at').notNull(),
    /** Attempts that told nothing, and when the worker makes the next. */
    attempts: integer().notNull().default(0),
    retryAt: instant('retry_at').notNull(),
    firstSentAt: instant('first_sent_at'),
    /** When it was first looked for at Stripe, as sending it again proved nothing any more. */
    firstLookedAt: instant('first_looked_at'),
    createdAt: instant('created_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    index('operations_due')
      .on(table.retryAt)
      .where(sql`state = 'running'`),
    index('operations_prunable')
      .on(table.createdAt)
      .where(sql`state = 'done'`),
  ],
);

/** What is promised of a Stripe Charge; whoever wants to refund some of it locks its row first. */
export const refundableCharges = pgTable(
  'refundable_charges',
  {
    chargeId: text('charge_id').primaryKey(),
    capturedMinor: minorUnits('captured_minor').notNull(),
    /** What no reservation stands for, such as refunds made in Stripe's dashboard. */
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

/** What each refund of ours may take of a charge, from before Stripe is asked until it has failed for good. */
export const refundReservations = pgTable(
  'refund_reservations',
  {
    /** An operation that died before it was planned is forgotten, and its reservation with it. */
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

/** Events that Stripe has told us of, each to be dealt with once. */
export const webhookEvents = pgTable(
  'webhook_events',
  {
    id: text().primaryKey(),
    type: text().notNull(),
    receivedAt: instant('received_at').notNull(),
    /** Null until then: Stripe sends it again. */
    handledAt: instant('handled_at'),
  },
  (table) => [index('webhook_events_received').on(table.receivedAt)],
);
