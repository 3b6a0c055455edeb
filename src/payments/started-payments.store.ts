import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, isNotNull, ne, sql } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';
import { payments } from '../database/schema-payments.js';
import type { PaymentStatus } from './payment.js';
import type { PaymentObjects } from './payment-reader.stripe.js';

/** Most callers have one payment with one id of theirs. */
const PAYMENTS_MAX = 20;

/** A payment that was started on a Checkout page. */
export interface StartedPayment extends PaymentObjects {
  paymentId: string;
  status: PaymentStatus;
}

/** Finds the payments that a caller has started on Checkout pages with an id of its own. */
@Injectable()
export class StartedPaymentsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Those that have not failed, according to the record: paid ones first, then the newest. */
  list(caller: string, shopTransactionId: string): Promise<StartedPayment[]> {
    const { paymentId, status, sessionId, paymentIntentId } = payments;
    return this.database
      .select({ paymentId, status, sessionId, paymentIntentId })
      .from(payments)
      .where(
        and(
          eq(payments.shopTransactionId, shopTransactionId),
          eq(payments.caller, caller),
          // A renewal has the id of its subscription, and no page.
          isNotNull(sessionId),
          ne(status, 'FAILED'),
        ),
      )
      .orderBy(desc(sql`${status} = 'ACCEPTED'`), desc(payments.createdAt), desc(payments.position))
      .limit(PAYMENTS_MAX);
  }
}
