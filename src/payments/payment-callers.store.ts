import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { paymentCallers } from '../database/schema.js';

/** The caller and the operation that started a payment. */
export interface PaymentStart {
  caller: string;
  operationId: string;
}

/** Who started which payment, by the ids of its objects at Stripe. */
@Injectable()
export class PaymentCallersStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Undefined if nothing is stored under this id. */
  async find(stripeId: string): Promise<PaymentStart | undefined> {
    const [row] = await this.database
      .select({ caller: paymentCallers.caller, operationId: paymentCallers.operationId })
      .from(paymentCallers)
      .where(eq(paymentCallers.stripeId, stripeId));
    return row;
  }

  /** Stores under an id of a payment who started it; what is stored already is never changed. */
  async add(
    stripeId: string,
    { caller, operationId }: PaymentStart,
    database: Database | Transaction = this.database,
  ): Promise<void> {
    await database
      .insert(paymentCallers)
      .values({ stripeId, caller, operationId, createdAt: this.clock.now() })
      .onConflictDoNothing();
  }
}
