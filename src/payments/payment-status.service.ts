import { Injectable } from '@nestjs/common';
import { type PaymentReport, paymentStatus } from './payment-status.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** Reports the status of payments. */
@Injectable()
export class PaymentStatusService {
  constructor(private readonly stripe: PaymentStatusStripe) {}

  /** The status of a payment, by any of its ids. @throws {Problem} `not-found` if Stripe does not know it */
  async report(paymentId: string): Promise<PaymentReport> {
    const { state, shopTransactionId } = await this.stripe.find(paymentId);
    return { status: paymentStatus(state), shopTransactionId };
  }
}
