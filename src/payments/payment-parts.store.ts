import { asc, getTableColumns, inArray, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../database/database.js';
import { paymentDisputes, paymentRefunds, type payments } from '../database/schema-payments.js';
import type { PaymentDispute, PaymentRefund } from './payment.js';

export type PaymentRow = typeof payments.$inferSelect;

/** The refunds and disputes of a payment, oldest first. */
export interface PaymentParts {
  refunds: readonly PaymentRefund[];
  disputes: readonly PaymentDispute[];
}

const { caller: _caller, ...disputeColumns } = getTableColumns(paymentDisputes);
/** What is recorded of a dispute, without what is known of its payment. */
export const DISPUTE_COLUMNS = disputeColumns;

/** Adds the refunds and disputes of some payments to their rows. */
export async function readParts(
  database: Database | Transaction,
  rows: readonly PaymentRow[],
): Promise<(PaymentRow & PaymentParts)[]> {
  const ids = rows.map(({ paymentId }) => paymentId);
  if (ids.length === 0) return [];
  const refunds = await database
    .select()
    .from(paymentRefunds)
    .where(inArray(paymentRefunds.paymentId, ids))
    .orderBy(asc(paymentRefunds.createdAt), asc(paymentRefunds.refundId));
  const disputes = await database
    .select(DISPUTE_COLUMNS)
    .from(paymentDisputes)
    .where(inArray(paymentDisputes.paymentId, ids))
    .orderBy(asc(paymentDisputes.disputeId));
  return rows.map((row) => ({ ...row, refunds: partsOf(refunds, row), disputes: partsOf(disputes, row) }));
}

/** Adds the refunds and disputes of one payment to its row, if there is one. */
export async function readPartsOfOne(
  database: Database | Transaction,
  row: PaymentRow | undefined,
): Promise<(PaymentRow & PaymentParts) | undefined> {
  const [payment] = await readParts(database, row ? [row] : []);
  return payment;
}

/** Writes the refunds and disputes of a payment as Stripe has them now. */
export async function saveParts(
  transaction: Transaction,
  paymentId: string,
  { refunds, disputes }: PaymentParts,
): Promise<void> {
  if (refunds.length > 0) {
    await transaction
      .insert(paymentRefunds)
      .values(refunds.map((refund) => ({ paymentId, ...refund })))
      .onConflictDoUpdate({ target: paymentRefunds.refundId, set: { status: sql`excluded.status` } });
  }
  if (disputes.length > 0) {
    await transaction
      .insert(paymentDisputes)
      .values(disputes.map((dispute) => ({ paymentId, ...dispute })))
      .onConflictDoUpdate({
        target: paymentDisputes.disputeId,
        set: {
          amountMinor: sql`excluded.amount_minor`,
          status: sql`excluded.status`,
          stripeStatus: sql`excluded.stripe_status`,
          reason: sql`excluded.reason`,
          dueBy: sql`excluded.due_by`,
          hasEvidence: sql`excluded.has_evidence`,
          isPastDue: sql`excluded.is_past_due`,
          submissionCount: sql`excluded.submission_count`,
          createdAt: sql`excluded.created_at`,
        },
      });
  }
}

/** The parts of a payment, without the reference to it. */
function partsOf<Part extends { paymentId: string }>(
  parts: readonly Part[],
  { paymentId }: PaymentRow,
): Omit<Part, 'paymentId'>[] {
  return parts.flatMap(({ paymentId: owner, ...part }) => (owner === paymentId ? [part] : []));
}
