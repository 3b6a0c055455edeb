import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { withAmountField } from '#core/with-amount-field.js';
import { assertChargeable } from '#core/money.js';
import type { Page, PageRequest } from '#core/page.js';
import { invalidField, Problem, type ProblemSlug, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { isRedirectAllowed, REDIRECT_REFUSAL, redirectRules } from '../config/redirect-url.js';
import { Settings } from '../config/settings.js';
import { CardTestingBrake } from '../limits/card-testing-brake.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { SavedCardsService } from '../customers/saved-cards.service.js';
import type { Transaction } from '../database/database.js';
import { ReplacementRecorder } from '../payments/replacement-recorder.service.js';
import { ConfirmLinks } from '../confirm-links/confirm-links.service.js';
import { paymentIdOf } from '../payments/payment.js';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import type {
  OperationIdentity,
  OperationRequest,
  Outcome,
  OutcomeSecrets,
} from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { type Charge, type ChargeCommand, isMendable } from './charge.js';
import { type Charged, type ChargePlan, ChargesStripe } from './charges.stripe.js';
import { HistoryStripe, type ReadPayment } from './history.stripe.js';
import type { Invoice } from './invoice.js';
import type { Payment } from './payment.js';
import { isStripePage } from './receipt-url.js';

/** Refusals whose cause may be that the card is no longer attached. */
const CARD_REFUSED: ReadonlySet<ProblemSlug> = new Set(['not-found', 'payment-method-unusable']);

/** Charges saved cards and lists charges and payments. */
@Injectable()
export class ChargesService {
  private readonly chargeOperation: OperationRunner<ChargePlan, string>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly cards: SavedCardsService,
    private readonly brake: CardTestingBrake,
    private readonly stripe: ChargesStripe,
    private readonly recorder: PaymentRecorder,
    private readonly historyStripe: HistoryStripe,
    private readonly links: ConfirmLinks,
    private readonly replacements: ReplacementRecorder,
    private readonly settings: Settings,
    private readonly connection: StripeConnection,
  ) {
    this.chargeOperation = operations.define<ChargePlan, string, Charged>({
      name: 'charge',
      send: (context, plan, identity) => this.send(context, plan, identity),
      find: (context, plan, { operationId }, sentAt) =>
        this.withConfirmUrl(stripe.findCharge(context, plan, operationId, sentAt)),
      // By authenticating the payment.
      mayStillPay: ({ slug }) => slug === 'authentication-required',
      refetch: (context, paymentId, slug) => this.refetch(context, paymentId, slug),
      resultOf: ({ id }) => id,
      finish: (end, charged) => recorder.finishCharge(end, charged),
      release: async (transaction, plan, operation, problem) => {
        const declined = stripe.declinedPayment(problem);
        if (declined) await recorder.recordOutcome(transaction, declined, operation);
        if (problem.slug === 'card-declined')
          await this.countDecline(transaction, plan, operation.operationId);
      },
    });
  }

  /**
   * Charges a saved card of an owner off-session. Whether the card is the owner's is decided before anything is sent: a
   * repetition, and an operation that is resumed, do not decide it again.
   *
   * @returns the payment's id
   * @throws {Problem} `card-declined`, `authentication-required`, `amount-out-of-range`, `too-many-attempts`,
   *   `invalid-request` for a `returnUrl` that is not allowed, or
   *   `not-found` for a payment method that is not attached to the owner's customer
   */
  charge(request: OperationRequest, owner: Owner, command: ChargeCommand): Promise<Outcome<string>> {
    return this.chargeOperation.run(
      request,
      async ({ operationId }, count) => {
        this.assertAcceptable(command);
        const { amountMinor, currency } = command;
        count({ kind: 'charge', amountMinor, currency });
        const customer = await this.cards.findCustomer(request.context, owner, command.paymentMethodId);
        if (!customer) throw unknownObject('paymentMethodId');
        await this.brake.countAttempt(request.context, owner, operationId);
        return { ...this.stripe.plan(command, operationId), customer };
      },
      ({ operationId }) => {
        this.assertAcceptable(command);
        const { paymentMethodId } = command;
        const plan = this.stripe.plan(command, operationId);
        const { customerLookUp } = this.cards;
        return { plan, owner, paymentMethodId, customerLookUp, condition: this.brake.newAttempts };
      },
    );
  }

  /**
   * Lists an owner's charges, newest first, including those of customers that were deleted at Stripe.
   *
   * @throws {Problem} `not-found` for a cursor that is not one of the owner's charges
   */
  async history(context: RequestContext, owner: Owner, page: PageRequest): Promise<Page<Charge>> {
    return this.historyStripe.charges(context, await this.customers.findAllIds(owner), page);
  }

  /**
   * Lists an owner's payments, newest first, including those of customers that were deleted at Stripe.
   *
   * @throws {Problem} `not-found` for a cursor that is not one of the owner's payments
   */
  async payments(context: RequestContext, owner: Owner, page: PageRequest): Promise<Page<Payment>> {
    return this.historyStripe.payments(context, await this.customers.findAllIds(owner), page);
  }

  /**
   * Lists an owner's invoices, newest first, including those of customers that were deleted at Stripe.
   *
   * @throws {Problem} `not-found` for a cursor that is not one of the owner's invoices
   */
  async invoices(context: RequestContext, owner: Owner, page: PageRequest): Promise<Page<Invoice>> {
    return this.historyStripe.invoices(context, await this.customers.findAllIds(owner), page);
  }

  /**
   * The URL of Stripe's receipt of a charge.
   *
   * @throws {Problem} `not-found` if the charge is not the owner's, `invalid-state` if it has no receipt, as it failed
   */
  async receiptUrl(context: RequestContext, owner: Owner, chargeId: string): Promise<string> {
    const customers = await this.customers.findAllIds(owner);
    const charge =
      customers.length > 0 ? await this.historyStripe.charge(context, customers, chargeId) : undefined;
    if (!charge) throw unknownObject('chargeId');
    if (charge.receiptUrl === null) throw new Problem('invalid-state');
    if (!isStripePage(charge.receiptUrl, this.connection.apiBase))
      throw new Error(`${chargeId} has a receipt at another site`);
    return charge.receiptUrl;
  }

  /**
   * Shows one payment. One that the customer pays with another card keeps its id.
   *
   * @throws {Problem} `not-found` if it is not the owner's
   */
  async payment(context: RequestContext, owner: Owner, id: string): Promise<Payment> {
    const customers = await this.customers.findAllIds(owner);
    if (customers.length === 0) throw new Problem('not-found');
    const payment = await this.currentPayment(context, customers, id);
    // Its page is recorded, although the partner only reads.
    if (!payment.mayHavePage || !(await this.recorder.recordPage(context, id))) return payment;
    return this.currentPayment(context, customers, id);
  }

  private async currentPayment(
    context: RequestContext,
    customers: readonly string[],
    id: string,
  ): Promise<ReadPayment> {
    const replaced = await this.replacements.replacedPayment(id);
    const currentId = replaced?.paymentIntentId ?? id;
    const payment = await this.historyStripe.payment(context, customers, currentId);
    if (!payment) throw new Problem('not-found');
    if (!replaced) return payment;
    const status = replaced.isWaiting ? 'requires_payment_method' : payment.status;
    return { ...payment, id, status, mayHavePage: false };
  }

  /** A card that was detached in the meantime is refused by Stripe, and then answers like one that is unknown. */
  private async send(
    context: RequestContext,
    plan: ChargePlan,
    { stripeKey }: OperationIdentity,
  ): Promise<Charged> {
    try {
      return await this.withConfirmUrl(this.stripe.charge(context, plan, stripeKey));
    } catch (error) {
      if (!(error instanceof Problem) || !CARD_REFUSED.has(error.slug)) throw error;
      const { customer, payment_method: card } = plan;
      if (await readAfterRefusal(error, this.cards.isStillAttached(context, customer, card))) throw error;
      throw unknownObject('paymentMethodId', error);
    }
  }

  private assertAcceptable(command: ChargeCommand): void {
    withAmountField('amountMinor', () => assertChargeable(command));
    const { returnUrl } = command;
    if (returnUrl !== undefined && !isRedirectAllowed(returnUrl, redirectRules(this.settings)))
      throw invalidField('returnUrl', REDIRECT_REFUSAL);
  }

  /** Adds to a decline where the customer can still pay. */
  private async withConfirmUrl<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      const declined = error instanceof Problem ? this.stripe.declinedPayment(error)?.snapshot : undefined;
      if (!declined || !isMendable(error as Problem)) throw error;
      const paymentId = paymentIdOf(declined);
      const confirmUrl = this.links.urlFor(paymentId, declined.createdAt);
      throw confirmUrl === undefined ? error : (error as Problem).with({ paymentId, confirmUrl });
    }
  }

  /** The secrets of a decline. Only who has to authenticate the payment gets its client secret. */
  private async refetch(
    context: RequestContext,
    paymentId: string,
    slug: ProblemSlug | undefined,
  ): Promise<OutcomeSecrets> {
    const { clientSecret, createdAt } = await this.stripe.secrets(context, paymentId);
    const confirmUrl = this.links.urlFor(paymentId, createdAt);
    return {
      ...(slug === 'authentication-required' && clientSecret !== undefined && { clientSecret }),
      ...(confirmUrl !== undefined && { confirmUrl }),
    };
  }

  private async countDecline(
    transaction: Transaction,
    { customer }: ChargePlan,
    operationId: string,
  ): Promise<void> {
    const owner = await this.customers.ownerOf(transaction, customer);
    if (owner) await this.brake.countDecline(transaction, owner, operationId);
  }
}
