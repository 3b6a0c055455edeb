import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { type FieldError, invalidField, Problem } from '#core/problem.js';
import { CustomersService } from '../customers/customers.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { Checkout, CheckoutCommand } from './checkout.js';
import {
  assertAllKnown,
  assertOneRecurrence,
  assertSellable,
  assertTotalChargeable,
  currencyOf,
} from './checkout-items.js';
import { type CheckoutPlan, CheckoutStripe } from './checkout.stripe.js';
import { isRedirectAllowed } from './redirect-url.js';

const NOT_A_CHECKOUT = 'must be the id of a payment that was started on a checkout page';

/** Payments that a customer makes on a page of Stripe's, once or as a subscription. */
@Injectable()
export class CheckoutService {
  private readonly starting: OperationRunner<CheckoutPlan, Checkout>;
  private readonly expiring: OperationRunner<{ sessionId: string }, null>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly stripe: CheckoutStripe,
    private readonly settings: Settings,
  ) {
    this.starting = operations.define<CheckoutPlan, Checkout>({
      name: 'checkout',
      send: (plan, { stripeKey }) => stripe.create(plan, stripeKey),
      find: (plan, { operationId }, sentAt) => stripe.findMade(plan, operationId, sentAt),
    });
    this.expiring = operations.define<{ sessionId: string }, null>({
      name: 'checkout-expire',
      send: ({ sessionId }, { stripeKey }) => stripe.expire(sessionId, stripeKey),
      find: ({ sessionId }) => stripe.findExpired(sessionId),
    });
  }

  /**
   * Opens a page where a customer pays. Whatever is wrong is told before anything is made at Stripe.
   *
   * @throws {Problem} `invalid-request`, `not-found` for a product or Price that Stripe does not know,
   *   `amount-out-of-range`
   */
  start(request: OperationRequest, command: CheckoutCommand): Promise<Outcome<Checkout>> {
    return this.starting.run(request, ({ operationId }) => this.plan(command, operationId));
  }

  /**
   * Closes the page of a payment that nobody has made yet.
   *
   * @throws {Problem} `invalid-state` for a paid one, `invalid-request` for a payment without a page, `not-found`
   *   for one that Stripe does not know
   */
  expire(request: OperationRequest, paymentId: string): Promise<Outcome<null>> {
    return this.expiring.run(request, async () => {
      const sessionId = await this.stripe.findSession(paymentId);
      if (!sessionId) throw invalidField('paymentId', NOT_A_CHECKOUT);
      return { sessionId };
    });
  }

  private async plan(command: CheckoutCommand, operationId: string): Promise<CheckoutPlan> {
    const { items, owner } = command;
    this.assertRedirects(command);
    assertOneRecurrence(items, new Map());
    const prices = await this.stripe.prices(items);
    assertAllKnown(items, prices);
    const currency = currencyOf(command, prices);
    assertSellable(command, prices, currency);
    assertOneRecurrence(items, prices);
    assertTotalChargeable(command, prices, currency);
    const customer = owner && (await this.customers.ensureId(owner));
    return this.stripe.plan(command, currency, customer, operationId);
  }

  private assertRedirects({ successRedirect, failureRedirect }: CheckoutCommand): void {
    const rules = { origins: this.settings.REDIRECT_ORIGINS, sandboxMode: this.settings.sandboxMode };
    const errors = Object.entries({ successRedirect, failureRedirect })
      .filter(([, url]) => !isRedirectAllowed(url, rules))
      .map(([field]): FieldError => ({ field, message: 'must be an https URL at an allowed origin' }));
    if (errors.length > 0) throw new Problem('invalid-request', { errors });
  }
}
