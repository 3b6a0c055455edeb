import { Injectable } from '@nestjs/common';
import { EventsStore } from './events.store.js';
import { EventsWorker } from './events.worker.js';
import { WebhooksStripe } from './webhooks.stripe.js';

/** Verifies and stores Stripe's events. They are handled later. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly store: EventsStore,
    private readonly stripe: WebhooksStripe,
    private readonly worker: EventsWorker,
  ) {}

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
    await this.store.add(event, 'webhook');
    if (event.target) this.worker.wake();
  }
}
