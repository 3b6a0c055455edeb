import { Injectable } from '@nestjs/common';
import { RefundsService } from '../refunds/refunds.service.js';
import type { EventHandler } from './stripe-event.js';

/** A refund may fail after Stripe accepted it, and can then be made again: https://docs.stripe.com/refunds#failed-refunds */
@Injectable()
export class RefundEvents implements EventHandler {
  readonly kinds = ['refund'] as const;

  constructor(private readonly refunds: RefundsService) {}

  handle(refundId: string): Promise<void> {
    return this.refunds.releaseIfFailed(refundId);
  }
}
