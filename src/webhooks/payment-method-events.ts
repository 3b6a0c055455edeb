import { Injectable } from '@nestjs/common';
import { SavedCardsService } from '../customers/saved-cards.service.js';
import { type EventHandler, EVENTS, type WaitingEvent } from './stripe-event.js';

/** A payment method that is attached can be charged without a look-up, and one that is detached no longer. */
@Injectable()
export class PaymentMethodEvents implements EventHandler {
  readonly kinds = ['payment_method'] as const;

  constructor(private readonly cards: SavedCardsService) {}

  handle(paymentMethodId: string, events: readonly WaitingEvent[]): Promise<void> {
    return this.cards.refresh(
      EVENTS,
      paymentMethodId,
      events.some(({ type }) => type === 'payment_method.attached'),
    );
  }
}
