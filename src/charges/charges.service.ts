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
import type { Payment } from './payment.js';

const NOTHING = { items: [], hasMore: false };

/** Charging saved cards, and the history of it. */
@Injectable()
export class ChargesService {
  private readonly charging: OperationRunner<ChargePlan, string>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly stripe: ChargesStripe,
  ) {
    this.charging = operations.define<ChargePlan, string>({
      name: 'charge',
      send: (plan, { stripeKey }) => stripe.charge(plan, stripeKey),
      find: (plan, { operationId }, sentAt) => stripe.findCharge(plan, operationId, sentAt),
    });
  }

  /**
   * Charges a saved card of an owner, who is not present; returns the payment's id.
   *
   * @throws {Problem} `card-declined`, `authentication-required`, `amount-out-of-range`, or `not-found` for a
   *   card that is not the owner's
   */
  charge(request: OperationRequest, owner: Owner, command: ChargeCommand): Promise<Outcome<string>> {
    return this.charging.run(request, async ({ operationId }) => {
      withAmountField('amountMinor', () => assertChargeable(command));
      const customer = await this.customers.findId(owner);
      if (!customer) throw unknownObject('paymentMethodId');
      return this.stripe.plan(customer, command, operationId);
    });
  }

  /**
   * The charges of an owner, most recent first; none for an owner without a customer.
   *
   * @throws {Problem} `not-found` for a cursor that is not a charge of the owner's
   */
  async history(owner: Owner, page: PageRequest): Promise<Page<Charge>> {
    const customer = await this.customers.findId(owner);
    const cursorIsTheirs =
      !page.cursor || (customer && (await this.stripe.isChargeOf(customer, page.cursor.id)));
    if (!cursorIsTheirs) throw unknownObject('cursor');
    return customer ? this.stripe.charges(customer, page) : NOTHING;
  }

  /**
   * The payments of an owner, newest first; none for an owner without a customer.
   *
   * @throws {Problem} `not-found` for a cursor that is not a payment of the owner's
   */
  async payments(owner: Owner, page: PageRequest): Promise<Page<Payment>> {
    const customer = await this.customers.findId(owner);
    const cursorIsTheirs =
      !page.cursor || (customer && (await this.stripe.payment(customer, page.cursor.id)));
    if (!cursorIsTheirs) throw unknownObject('cursor');
    return customer ? this.stripe.payments(customer, page) : NOTHING;
  }

  /** @throws {Problem} `not-found` for a payment that is not the owner's */
  async payment(owner: Owner, id: string): Promise<Payment> {
    const customer = await this.customers.findId(owner);
    const payment = customer && (await this.stripe.payment(customer, id));
    if (!payment) throw new Problem('not-found');
    return payment;
  }
}
