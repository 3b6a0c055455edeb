import { Injectable } from '@nestjs/common';
import type { RequestContext } from '#core/request-context.js';
import { PaymentRecorder } from './payment-recorder.service.js';
import { type StartedPayment, StartedPaymentsStore } from './started-payments.store.js';

/** Finds out whether a caller has started a payment already. */
@Injectable()
export class StartedPayments {
  constructor(
    private readonly store: StartedPaymentsStore,
    private readonly recorder: PaymentRecorder,
  ) {}

  /**
   * The payment that a caller has started on a Checkout page with an id of its own, and that is open or paid. Stripe is
   * asked about one that is open in the record: its page may have expired. In a dry run the record decides.
   *
   * @returns its id; undefined if there is none
   */
  async find(
    context: RequestContext,
    caller: string,
    shopTransactionId: string,
  ): Promise<string | undefined> {
    for (const payment of await this.store.list(caller, shopTransactionId)) {
      if (await this.isOpenOrPaid(context, payment)) return payment.paymentId;
    }
    return undefined;
  }

  private async isOpenOrPaid(context: RequestContext, payment: StartedPayment): Promise<boolean> {
    if (payment.status === 'ACCEPTED' || context.dryRun) return true;
    const { status } = await this.recorder.refreshKnown(context, payment, 'changes');
    return status !== 'FAILED';
  }
}
