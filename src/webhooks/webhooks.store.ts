import { Inject, Injectable } from '@nestjs/common';
import { eq, lt } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { webhookEvents } from '../database/schema.js';
import type { StripeEvent } from './stripe-event.js';

/** Stripe can be asked to resend events of the last 30 days: https://docs.stripe.com/webhooks#retries */
const RETENTION_MS = 31 * 24 * 60 * 60 * 1000;

/** Which events were received, and which of them were handled. */
@Injectable()
export class WebhooksStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Stores a received event. @returns whether it was handled before */
  async receive({ id, type }: StripeEvent): Promise<boolean> {
    const [known] = await this.database
      .insert(webhookEvents)
      .values({ id, type, receivedAt: this.clock.now() })
      .onConflictDoUpdate({ target: webhookEvents.id, set: { type } })
      .returning();
    return known?.handledAt != null;
  }

  /** Marks an event as handled, and deletes those that can't be sent again. */
  async markHandled({ id }: StripeEvent): Promise<void> {
    const now = this.clock.now();
    await this.database.update(webhookEvents).set({ handledAt: now }).where(eq(webhookEvents.id, id));
    const oldest = new Date(now.getTime() - RETENTION_MS);
    await this.database.delete(webhookEvents).where(lt(webhookEvents.receivedAt, oldest));
  }
}
