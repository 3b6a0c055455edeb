import { Injectable, Logger } from '@nestjs/common';
import { isMissing } from '#stripe/stripe-errors.js';
import { CustomerEvents } from './customer-events.js';
import { PaymentMethodEvents } from './payment-method-events.js';
import { RefundEvents } from './refund-events.js';
import { SetupIntentEvents } from './setup-intent-events.js';
import type { EventHandler, StripeEvent } from './stripe-event.js';
import { WebhooksStore } from './webhooks.store.js';
import { WebhooksStripe } from './webhooks.stripe.js';

/** Verifies Stripe's events, stores them, and passes each to its handler. */
@Injectable()
export class WebhooksService {
  private readonly logger = new Logger(WebhooksService.name);
  private readonly handlers: ReadonlyMap<string, EventHandler>;

  constructor(
    private readonly store: WebhooksStore,
    private readonly stripe: WebhooksStripe,
    customers: CustomerEvents,
    paymentMethods: PaymentMethodEvents,
    setupIntents: SetupIntentEvents,
    refunds: RefundEvents,
  ) {
    const handlers: readonly EventHandler[] = [customers, paymentMethods, setupIntents, refunds];
    this.handlers = new Map(handlers.flatMap((handler) => handler.types.map((type) => [type, handler])));
  }

  /** @throws {Problem} as {@link WebhooksStripe.requireCurrentSignature} */
  requireCurrentSignature(signature: string): void {
    this.stripe.requireCurrentSignature(signature);
  }

  /**
   * Handles an event, unless that was done before. If it fails, the event stays unhandled and the answer is an error,
   * so Stripe sends it again, for up to three days: https://docs.stripe.com/webhooks#retries
   *
   * @throws {Problem} as {@link WebhooksStripe.verify} and the handlers do
   */
  async receive(payload: string, signature: string): Promise<void> {
    const event = this.stripe.verify(payload, signature);
    if (await this.store.receive(event)) return;
    await this.handle(event);
    await this.store.markHandled(event);
  }

  /** An object that our key can't see, such as one of another account, will not appear when the event is resent. */
  private async handle({ id, type, objectId }: StripeEvent): Promise<void> {
    const handler = this.handlers.get(type);
    if (!handler || !objectId) return;
    try {
      await handler.handle(objectId);
    } catch (error) {
      if (!isMissing(error)) throw error;
      const msg = 'Stripe does not know the object of this event';
      this.logger.warn({ event: id, type, objectId, msg });
    }
  }
}
