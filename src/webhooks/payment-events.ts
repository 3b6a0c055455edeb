import { Injectable } from '@nestjs/common';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import type { EventHandler, WaitingEvent } from './stripe-event.js';

/** The record of payments follows their PaymentIntents and Charges. */
@Injectable()
export class IntentEvents implements EventHandler {
  readonly kinds = ['payment_intent'] as const;

  constructor(private readonly recorder: PaymentRecorder) {}

  handle(paymentIntentId: string, events: readonly WaitingEvent[]): Promise<void> {
    return this.recorder.refreshIntent(paymentIntentId, events);
  }
}

/** The record of payments follows their Checkout Sessions. */
@Injectable()
export class CheckoutEvents implements EventHandler {
  readonly kinds = ['checkout_session'] as const;

  constructor(private readonly recorder: PaymentRecorder) {}

  handle(sessionId: string, events: readonly WaitingEvent[]): Promise<void> {
    return this.recorder.refreshSession(sessionId, events);
  }
}
