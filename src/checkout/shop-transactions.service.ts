import { Injectable } from '@nestjs/common';
import { callerName } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import type { OperationRequest } from '../operations/operation.js';
import { StartedPayments } from '../payments/started-payments.service.js';
import type { CheckoutCommand } from './checkout.js';
import { CheckoutClaimsStore } from './checkout-claims.store.js';

/**
 * Keeps a caller from starting a payment twice under one id of its own:
 * docs/adr/0023-one-payment-for-a-shop-transaction.md
 */
@Injectable()
export class ShopTransactions {
  constructor(
    private readonly claims: CheckoutClaimsStore,
    private readonly started: StartedPayments,
  ) {}

  /**
   * Claims the shop transaction of a payment that an operation is about to start, if it has one.
   *
   * @throws {Problem} `already-started` with the payment that is open or paid, `in-progress` while another operation starts
   *   one, `needs-review` if it is not known whether another operation has started one
   */
  async claim(
    { actor, context }: OperationRequest,
    operationId: string,
    { shopTransactionId, allowDuplicate = false }: CheckoutCommand,
  ): Promise<void> {
    if (shopTransactionId === undefined) return;
    const transaction = { caller: callerName(actor), shopTransactionId };
    if (context.dryRun) {
      if (allowDuplicate) return;
      await this.claims.assertFree(transaction);
    } else if (allowDuplicate) {
      return this.claims.claimIfFree(operationId, transaction);
    } else {
      await this.claims.claim(operationId, transaction);
    }
    // Looked up after the claim: whoever had it before has stored its payment by now.
    const paymentId = await this.started.find(context, transaction.caller, shopTransactionId);
    if (paymentId !== undefined) throw new Problem('already-started', { paymentId });
  }
}
