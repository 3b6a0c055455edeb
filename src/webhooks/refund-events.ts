import { Injectable } from '@nestjs/common';
import { RefundsService } from '../refunds/refunds.service.js';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import { type EventHandler, type WaitingEvent, EVENTS } from './stripe-event.js';

/**
 * A refund may fail after Stripe accepted it, and can then be made again: https://docs.stripe.com/refunds#failed-refunds.
 * The record of its payment shows it.
 */
@Injectable()
export class RefundEvents implements EventHandler {
  readonly kinds = ['refund'] as const;

  constructor(
    private readonly refunds: RefundsService,
    private readonly recorder: PaymentRecorder,
  ) {}

  async handle(refundId: string, events: readonly WaitingEvent[]): Promise<void> {
    const { paymentIntentId } = await this.refunds.releaseIfFailed(EVENTS, refundId);
    if (paymentIntentId !== undefined) await this.recorder.refreshIntent(EVENTS, paymentIntentId, events);
  }
}
