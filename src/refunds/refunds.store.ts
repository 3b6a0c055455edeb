import { Inject, Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { refundableCharges, refundReservations } from '../database/schema.js';
import { refundableMinor, type RefundablePayment, takenByOthers } from './refund.js';

/** Reserves amounts of charges for refunds; together never more than was captured. */
@Injectable()
export class RefundsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * Reserves the amount that an operation will refund. Repeated calls return the first amount.
   *
   * @param requestedMinor all that is left if undefined
   * @returns minor units
   * @throws {Problem} `refund-not-possible`
   */
  reserve(
    operationId: string,
    payment: RefundablePayment,
    requestedMinor: number | undefined,
  ): Promise<number> {
    const { chargeId, capturedMinor } = payment;
    return this.database.transaction(async (transaction) => {
      // Locks the row until the transaction ends, whether it is new or existed.
      await transaction
        .insert(refundableCharges)
        .values({ chargeId, capturedMinor, refundedElsewhereMinor: 0, reservedMinor: 0 })
        .onConflictDoUpdate({ target: refundableCharges.chargeId, set: { capturedMinor } });
      const reservations = await transaction
        .select()
        .from(refundReservations)
        .where(eq(refundReservations.chargeId, chargeId));
      const own = reservations.find((reservation) => reservation.operationId === operationId);
      if (own) return own.amountMinor;

      const taken = takenByOthers(payment, reservations, operationId);
      const amountMinor = refundableMinor(payment, taken, requestedMinor);
      await transaction.insert(refundReservations).values({ operationId, chargeId, amountMinor });
      await transaction
        .update(refundableCharges)
        .set({
          refundedElsewhereMinor: taken.elsewhereMinor,
          reservedMinor: taken.reservedMinor + amountMinor,
        })
        .where(eq(refundableCharges.chargeId, chargeId));
      return amountMinor;
    });
  }

  /**
   * The amount that {@link reserve} would reserve now. Reservations of refunds that have failed do not count.
   *
   * @throws {Problem} `refund-not-possible`
   */
  async available(payment: RefundablePayment, requestedMinor: number | undefined): Promise<number> {
    const failed = new Set(
      payment.refunds.flatMap(({ result, operationId }) => (result === 'KO' ? [operationId] : [])),
    );
    const reservations = await this.database
      .select()
      .from(refundReservations)
      .where(eq(refundReservations.chargeId, payment.chargeId));
    const others = reservations.filter(({ operationId }) => !failed.has(operationId));
    return refundableMinor(payment, takenByOthers(payment, others, ''), requestedMinor);
  }

  /** Releases an operation's reservation, if there is one. */
  release(operationId: string): Promise<void> {
    return this.database.transaction((transaction) => this.releaseWithin(transaction, operationId));
  }

  /** The same within a transaction. */
  async releaseWithin(transaction: Transaction, operationId: string): Promise<void> {
    const [released] = await transaction
      .delete(refundReservations)
      .where(eq(refundReservations.operationId, operationId))
      .returning();
    if (!released) return;
    await transaction
      .update(refundableCharges)
      .set({ reservedMinor: sql`${refundableCharges.reservedMinor} - ${released.amountMinor}` })
      .where(eq(refundableCharges.chargeId, released.chargeId));
  }
}
