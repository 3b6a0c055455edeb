import { Injectable } from '@nestjs/common';
import type { ServiceActor } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { OperationRequest } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { REPLACEMENT_OPERATION } from '../payments/payment-ids.js';
import type { PaymentObjects } from '../payments/payment-reader.stripe.js';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import { ReplacementRecorder } from '../payments/replacement-recorder.service.js';
import type { Confirmation, ConfirmStep } from './confirmation.js';
import { type AuthenticationPlan, ConfirmationsStripe, type NextPage } from './confirmations.stripe.js';
import { type Replaced, type ReplacementPlan, ReplacementsStripe } from './replacements.stripe.js';

/** The customer, who has no credential but the link. No API key can have this name. */
const CUSTOMER: ServiceActor = { kind: 'service', name: 'confirm page', scopes: [] };

/** Lets customers complete payments that need them: docs/adr/0025-the-confirm-page.md. */
@Injectable()
export class ConfirmationsService {
  private readonly authenticateOperation: OperationRunner<AuthenticationPlan, NextPage>;
  private readonly replaceOperation: OperationRunner<ReplacementPlan, NextPage>;

  constructor(
    operations: OperationsService,
    private readonly stripe: ConfirmationsStripe,
    private readonly replacements: ReplacementsStripe,
    private readonly recorder: PaymentRecorder,
    private readonly replacementRecorder: ReplacementRecorder,
  ) {
    this.authenticateOperation = operations.define<AuthenticationPlan, NextPage>({
      name: 'payment-authenticate',
      send: (context, plan, { stripeKey }) => stripe.authenticate(context, plan, stripeKey),
      find: (context, plan) => stripe.findAuthenticated(context, plan),
      refetch: (context, id) => stripe.nextPage(context, id),
    });
    this.replaceOperation = operations.define<ReplacementPlan, NextPage, Replaced>({
      name: REPLACEMENT_OPERATION,
      send: (context, plan, { stripeKey }) => replacements.replace(context, plan, stripeKey),
      find: (context, plan, { operationId }, sentAt) =>
        replacements.findReplacement(context, plan, operationId, sentAt),
      refetch: (context, id) => replacements.page(context, id),
      resultOf: ({ next }) => next,
      record: (transaction, replaced, operation) =>
        replacementRecorder.recordOutcome(transaction, replaced, operation),
    });
  }

  /** How a payment stands. @throws {Problem} `not-found`, `in-progress` while its page is being opened */
  async find(context: RequestContext, paymentId: string): Promise<Confirmation> {
    const objects = await this.objectsNow(paymentId);
    const found = await this.stripe.find(context, objects);
    if (found.kind !== 'closed' || objects.sessionId !== null) return found;
    // A page that was opened in the meantime has canceled the PaymentIntent.
    let now = await this.objectsNow(paymentId);
    // Its page is recorded, although the customer has only looked.
    if (now.sessionId === null && found.mayHavePage && (await this.recorder.recordPage(context, paymentId)))
      now = await this.objectsNow(paymentId);
    return now.sessionId === null ? found : this.stripe.find(context, now);
  }

  /** The same once the customer has come back from a page of Stripe's: the payment is recorded, and its callers notified. */
  async findCompleted(context: RequestContext, paymentId: string): Promise<Confirmation> {
    await this.refresh(context, paymentId);
    return this.find(context, paymentId);
  }

  /**
   * Has the customer authenticate the payment with the card that was charged.
   *
   * @returns the page of the bank; undefined if the payment needs nothing more
   * @throws {Problem} `card-declined`, `invalid-state` if no card waits for it
   */
  async authenticate(context: RequestContext, step: ConfirmStep): Promise<string | undefined> {
    const { paymentIntentId, sessionId } = await this.replacementRecorder.objectsOf(step.paymentId);
    if (sessionId !== null || paymentIntentId === null) throw new Problem('invalid-state');
    // It may wait already: then its page is the right one, and it is not confirmed again.
    const waiting = await this.stripe.nextPage(context, paymentIntentId);
    if (waiting.url !== null) return waiting.url;
    const { result } = await this.authenticateOperation.run(this.request(context, 'authenticate', step), () =>
      this.stripe.plan(context, paymentIntentId, step),
    );
    await this.refresh(context, step.paymentId);
    return result.url ?? undefined;
  }

  /**
   * Lets the customer pay with another card: on a Checkout page, or on Stripe's page of the invoice. A payment that has a page
   * already, or waits for a bank transfer, goes on there.
   *
   * @returns the page; undefined if the payment needs nothing more
   * @throws {Problem} `invalid-state` if it was paid or canceled in the meantime, `in-progress` while another request opens
   *   the page
   */
  async payWithAnotherCard(context: RequestContext, step: ConfirmStep): Promise<string | undefined> {
    const objects = await this.replacementRecorder.objectsOf(step.paymentId);
    const current = await this.stripe.find(context, objects);
    if (current.kind === 'elsewhere') return current.url;
    const { sessionId, paymentIntentId } = objects;
    if (sessionId !== null) return undefined;
    if (paymentIntentId === null) throw new Problem('not-found');
    if (current.kind === 'open' && current.invoice) {
      // Beside a page of ours, the invoice would stay open and be charged again.
      if (current.invoice.page === null) throw new Problem('invalid-state');
      return current.invoice.page;
    }
    const { result } = await this.replaceOperation.run(
      this.request(context, 'another-card', step),
      async ({ operationId }) => {
        const plan = await this.replacements.plan(context, paymentIntentId, step, operationId);
        // The outcome needs the payment in the record.
        await this.refresh(context, step.paymentId);
        await this.replacementRecorder.begin(step.paymentId, operationId);
        return plan;
      },
    );
    return result.url ?? undefined;
  }

  /** What a payment is paid with. @throws {Problem} `in-progress` while its page is being opened */
  private async objectsNow(paymentId: string): Promise<PaymentObjects> {
    await this.replacementRecorder.requireNotReplacing(paymentId);
    return this.replacementRecorder.objectsOf(paymentId);
  }

  private async refresh(context: RequestContext, paymentId: string): Promise<void> {
    const { sessionId, paymentIntentId }: PaymentObjects =
      await this.replacementRecorder.objectsOf(paymentId);
    if (sessionId !== null) await this.recorder.refreshSession(context, sessionId, []);
    else if (paymentIntentId !== null) await this.recorder.refreshIntent(context, paymentIntentId, []);
  }

  private request(context: RequestContext, action: string, step: ConfirmStep): OperationRequest {
    const { paymentId, attempt } = step;
    const route = `POST /confirm/${action} ${paymentId}`;
    return { actor: CUSTOMER, context, route, idempotencyKey: attempt, body: undefined };
  }
}
