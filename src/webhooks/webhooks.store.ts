import { Inject, Injectable } from '@nestjs/common';
import { eq, lt } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { webhookEvents } from '../database/schema.js';
import type { StripeEvent } from './stripe-event.js';

/** Stripe lets events be sent again for 30 days: https://docs.stripe.com/webhooks#retries */
const RETENTION_MS = 31 * 24 * 60 * 60 * 1000;

/** Which events have come, and which of them are dealt with. */
@Injectable()
export class WebhooksStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Keeps an event that has come; tells whether it was dealt with before. */
  async receive({ id, type }: StripeEvent): Promise<boolean> {
    const [known] = await this.database
      .insert(webhookEvents)
      .values({ id, type, receivedAt: this.clock.now() })
      .onConflictDoUpdate({ target: webhookEvents.id, set: { type } })
      .returning();
    return known?.handledAt != null;
  }

  /** Notes that an event is dealt with, and forgets those that can't come again. */
  async handled({ id }: StripeEvent): Promise<void> {
    const now = this.clock.now();
    await this.database.update(webhookEvents).set({ handledAt: now }).where(eq(webhookEvents.id, id));
    const oldest = new Date(now.getTime() - RETENTION_MS);
    await this.database.delete(webhookEvents).where(lt(webhookEvents.receivedAt, oldest));
  }
}
