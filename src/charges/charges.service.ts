import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { withAmountField } from '#core/with-amount-field.js';
import { assertChargeable } from '#core/money.js';
import type { Page, PageRequest } from '#core/page.js';
import { Problem, unknownObject } from '#core/problem.js';
import { CustomersService } from '../customers/customers.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { Charge, ChargeCommand } from './charge.js';
import { type ChargePlan, ChargesStripe } from './charges.stripe.js';
import { HistoryStripe } from './history.stripe.js';
import type { Payment } from './payment.js';

/** Charges saved cards and lists charges and payments. */
@Injectable()
export class ChargesService {
  private readonly chargeOperation: OperationRunner<ChargePlan, string>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly stripe: ChargesStripe,
    private readonly historyStripe: HistoryStripe,
  ) {
    this.chargeOperation = operations.define<ChargePlan, string>({
      name: 'charge',
      send: (plan, { stripeKey }) => stripe.charge(plan, stripeKey),
      find: (plan, { operationId }, sentAt) => stripe.findCharge(plan, operationId, sentAt),
    });
  }

  /**
   * Charges a saved card of an owner off-session.
   *
   * @returns the payment's id
   * @throws {Problem} `card-declined`, `authentication-required`, `amount-out-of-range`, or `not-found` for a
   *   card that is not the owner's
   */
  charge(request: OperationRequest, owner: Owner, command: ChargeCommand): Promise<Outcome<string>> {
    return this.chargeOperation.run(request, async ({ operationId }) => {
      withAmountField('amountMinor', () => assertChargeable(command));
      const customer = await this.customers.findId(owner);
      if (!customer) throw unknownObject('paymentMethodId');
      return this.stripe.plan(customer, command, operationId);
    });
  }

  /**
   * Lists an owner's charges, newest first, including those of customers that were deleted at Stripe.
   *
   * @throws {Problem} `not-found` for a cursor that is not one of the owner's charges
   */
  async history(owner: Owner, page: PageRequest): Promise<Page<Charge>> {
    return this.historyStripe.charges(await this.customers.findAllIds(owner), page);
  }

  /**
   * Lists an owner's payments, newest first, including those of customers that were deleted at Stripe.
   *
   * @throws {Problem} `not-found` for a cursor that is not one of the owner's payments
   */
  async payments(owner: Owner, page: PageRequest): Promise<Page<Payment>> {
    return this.historyStripe.payments(await this.customers.findAllIds(owner), page);
  }

  /** Shows one payment. @throws {Problem} `not-found` if it is not the owner's */
  async payment(owner: Owner, id: string): Promise<Payment> {
    const customers = await this.customers.findAllIds(owner);
    const payment = customers.length > 0 ? await this.historyStripe.payment(customers, id) : undefined;
    if (!payment) throw new Problem('not-found');
    return payment;
  }
}
