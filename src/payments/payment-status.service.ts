import { Injectable } from '@nestjs/common';
import { type PaymentReport, paymentStatus } from './payment-status.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** How payments stand. */
@Injectable()
export class PaymentStatusService {
  constructor(private readonly stripe: PaymentStatusStripe) {}

  /** @throws {Problem} `not-found` for a payment that Stripe does not know */
  async report(paymentId: string): Promise<PaymentReport> {
    const { state, shopTransactionId } = await this.stripe.find(paymentId);
    return { status: paymentStatus(state), shopTransactionId };
  }
}
