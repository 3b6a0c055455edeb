import { Injectable } from '@nestjs/common';
import { RefundsService } from '../refunds/refunds.service.js';
import { REFUND_EVENT_TYPES } from './event-types.js';
import type { EventHandler } from './stripe-event.js';

/** A refund may fail after Stripe accepted it, and can then be made again: https://docs.stripe.com/refunds#failed-refunds */
@Injectable()
export class RefundEvents implements EventHandler {
  readonly types = REFUND_EVENT_TYPES;

  constructor(private readonly refunds: RefundsService) {}

  handle(refundId: string): Promise<void> {
    return this.refunds.releaseIfFailed(refundId);
  }
}
