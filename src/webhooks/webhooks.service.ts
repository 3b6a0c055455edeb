import { Injectable } from '@nestjs/common';
import { Batches } from '../database/batches.js';
import { EventsStore } from './events.store.js';
import { EventsWorker } from './events.worker.js';
import type { StripeEvent } from './stripe-event.js';
import { WebhooksStripe } from './webhooks.stripe.js';

/** Verifies and stores Stripe's events. They are handled later. */
@Injectable()
export class WebhooksService {
  /** Stripe sends many events at once, often of one object, whose row is locked until the commit. */
  private readonly inbox: Batches<StripeEvent, undefined>;

  constructor(
    store: EventsStore,
    private readonly stripe: WebhooksStripe,
    private readonly worker: EventsWorker,
  ) {
    this.inbox = new Batches(async (events) => {
      await store.addAll(events, 'webhook');
      return events.map(() => undefined);
    });
  }

  /** @throws {Problem} as {@link WebhooksStripe.requireCurrentSignature} */
  requireCurrentSignature(signature: string): void {
    this.stripe.requireCurrentSignature(signature);
  }

  /**
   * Stores an event. If that fails, the answer is an error, so Stripe sends it again, for up to three days:
   * https://docs.stripe.com/webhooks#retries
   *
   * @throws {Problem} as {@link WebhooksStripe.verify}
   */
  async receive(payload: string, signature: string): Promise<void> {
    const event = this.stripe.verify(payload, signature);
    await this.inbox.add(event);
    if (event.target) this.worker.wake();
  }
}
