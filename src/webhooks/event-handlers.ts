import { Injectable } from '@nestjs/common';
import { CustomerEvents } from './customer-events.js';
import { CheckoutEvents, IntentEvents, SubscriptionEvents } from './payment-events.js';
import { PaymentMethodEvents } from './payment-method-events.js';
import { RefundEvents } from './refund-events.js';
import { SetupIntentEvents } from './setup-intent-events.js';
import type { EventHandler, WaitingEvent } from './stripe-event.js';

/** Passes events to the handler of their kind of object. */
@Injectable()
export class EventHandlers {
  private readonly handlers: ReadonlyMap<string, EventHandler>;

  constructor(
    customers: CustomerEvents,
    paymentMethods: PaymentMethodEvents,
    setupIntents: SetupIntentEvents,
    refunds: RefundEvents,
    intents: IntentEvents,
    checkouts: CheckoutEvents,
    subscriptions: SubscriptionEvents,
  ) {
    const handlers: readonly EventHandler[] = [
      customers,
      paymentMethods,
      setupIntents,
      refunds,
      intents,
      checkouts,
      subscriptions,
    ];
    this.handlers = new Map(handlers.flatMap((handler) => handler.kinds.map((kind) => [kind, handler])));
  }

  /**
   * @throws {Problem} as the handler does
   * @throws {Error} for a kind that only another version of this service handles
   */
  async handle(target: { kind: string; objectId: string }, events: readonly WaitingEvent[]): Promise<void> {
    const handler = this.handlers.get(target.kind);
    if (!handler) throw new Error(`no handler for events of ${target.kind}`);
    await handler.handle(target.objectId, events);
  }
}
