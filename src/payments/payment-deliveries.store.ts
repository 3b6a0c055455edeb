import { Inject, Injectable } from '@nestjs/common';
import { asc, eq } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';
import { paymentDeliveries } from '../database/schema.js';
import type { TimelineEntry } from './payment-timeline.js';

/** What became of deliveries about payments. It is kept as long as the payment, the deliveries are not. */
@Injectable()
export class PaymentDeliveriesStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The ends of deliveries about a payment, oldest first. */
  async entriesOf(paymentId: string): Promise<TimelineEntry[]> {
    const rows = await this.database
      .select()
      .from(paymentDeliveries)
      .where(eq(paymentDeliveries.paymentId, paymentId))
      .orderBy(asc(paymentDeliveries.id));
    return rows.map(({ at, notificationId, type, endpointId, state }) => ({
      at: at.toISOString(),
      kind: 'delivery',
      notificationId,
      type,
      endpointId,
      to: state,
    }));
  }
}
