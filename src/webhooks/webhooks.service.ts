import { Injectable } from '@nestjs/common';
import { CustomerEvents } from './customer-events.js';
import { RefundEvents } from './refund-events.js';
import type { EventHandler } from './stripe-event.js';
import { WebhooksStore } from './webhooks.store.js';
import { WebhooksStripe } from './webhooks.stripe.js';

/** What Stripe tells us by itself: verified, kept, and handed to whom it concerns. */
@Injectable()
export class WebhooksService {
  private readonly handlers: ReadonlyMap<string, EventHandler>;

  constructor(
    private readonly store: WebhooksStore,
    private readonly stripe: WebhooksStripe,
    customers: CustomerEvents,
    refunds: RefundEvents,
  ) {
    const handlers: readonly EventHandler[] = [customers, refunds];
    this.handlers = new Map(handlers.flatMap((handler) => handler.types.map((type) => [type, handler])));
  }

  /**
   * Deals with an event, once it has come. Where that fails it stays undone, and Stripe, told so, sends it again for
   * three days: https://docs.stripe.com/webhooks#retries
   *
   * @throws {Problem} as {@link WebhooksStripe.verify} and the handlers do
   */
  async receive(payload: string, signature: string): Promise<void> {
    const event = this.stripe.verify(payload, signature);
    if (await this.store.receive(event)) return;
    const handler = this.handlers.get(event.type);
    if (handler && event.objectId) await handler.handle(event.objectId);
    await this.store.handled(event);
  }
}
