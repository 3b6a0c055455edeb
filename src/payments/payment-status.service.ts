import { Injectable } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import { PaymentAccess } from './payment-access.service.js';
import { type PaymentReport, paymentStatus } from './payment-status.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** Reports the status of payments. */
@Injectable()
export class PaymentStatusService {
  constructor(
    private readonly access: PaymentAccess,
    private readonly stripe: PaymentStatusStripe,
  ) {}

  /** The status of a payment, by any of its ids. @throws {Problem} `not-found` as {@link PaymentAccess.find} does */
  async report(actor: Actor, paymentId: string): Promise<PaymentReport> {
    const { state, shopTransactionId } = await this.stripe.read(await this.access.find(actor, paymentId));
    return { status: paymentStatus(state), shopTransactionId };
  }
}
