import { Injectable } from '@nestjs/common';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import { SubscriptionRecorder } from '../payments/subscription-recorder.service.js';
import { type EventHandler, type WaitingEvent, EVENTS } from './stripe-event.js';

/** The record of payments follows their PaymentIntents and Charges. */
@Injectable()
export class IntentEvents implements EventHandler {
  readonly kinds = ['payment_intent'] as const;

  constructor(private readonly recorder: PaymentRecorder) {}

  async handle(paymentIntentId: string, events: readonly WaitingEvent[]): Promise<void> {
    await this.recorder.refreshIntent(EVENTS, paymentIntentId, events);
  }
}

/** The record of payments and subscriptions follows their Checkout Sessions. */
@Injectable()
export class CheckoutEvents implements EventHandler {
  readonly kinds = ['checkout_session'] as const;

  constructor(
    private readonly payments: PaymentRecorder,
    private readonly subscriptions: SubscriptionRecorder,
  ) {}

  async handle(sessionId: string, events: readonly WaitingEvent[]): Promise<void> {
    const payment = await this.payments.refreshSession(EVENTS, sessionId, events);
    if (payment?.type === 'subscription') await this.subscriptions.refreshSession(EVENTS, sessionId, events);
  }
}

/** The record of subscriptions follows them and their invoices. */
@Injectable()
export class SubscriptionEvents implements EventHandler {
  readonly kinds = ['subscription'] as const;

  constructor(private readonly recorder: SubscriptionRecorder) {}

  async handle(subscriptionId: string, events: readonly WaitingEvent[]): Promise<void> {
    await this.recorder.refreshSubscription(EVENTS, subscriptionId, events);
  }
}
