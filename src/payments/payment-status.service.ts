import { Injectable } from '@nestjs/common';
import type { ServiceActor } from '#core/actor.js';
import { unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { RedeliveriesService } from '../notifications/redeliveries.service.js';
import { PaymentAccess } from './payment-access.service.js';
import { visibleCaller } from './payment-list.service.js';
import type { RecordedPayment } from './payment.js';
import { PaymentListStore } from './payment-list.store.js';
import { PaymentRecordStore, type StoredPayment } from './payment-record.store.js';
import type { NoticeScope } from './payment-notices.js';
import { PaymentRecorder } from './payment-recorder.service.js';
import { type PaymentObject, PaymentReferences } from './payment-references.stripe.js';
import type { PaymentReport } from './payment-status.js';
import { unpaidReport } from './unpaid-report.stripe.js';
import type { SubscriptionStatus } from './subscription-record.js';
import { SubscriptionRecordStore } from './subscription-record.store.js';
import { SubscriptionRecorder } from './subscription-recorder.service.js';

/** Reports the status of payments: from the record, and from Stripe what the record does not know. */
@Injectable()
export class PaymentStatusService {
  constructor(
    private readonly access: PaymentAccess,
    private readonly store: PaymentRecordStore,
    private readonly lists: PaymentListStore,
    private readonly recorder: PaymentRecorder,
    private readonly references: PaymentReferences,
    private readonly redeliveries: RedeliveriesService,
    private readonly subscriptions: SubscriptionRecordStore,
    private readonly subscriptionRecorder: SubscriptionRecorder,
  ) {}

  /**
   * The status of a payment, by any of its ids. Stripe is asked only while the payment is not decided.
   *
   * @throws {Problem} `not-found` as {@link PaymentAccess.find} does, `in-progress` as
   *   {@link PaymentRecordStore.sessionOfOperation} does
   */
  async report(context: RequestContext, service: ServiceActor, paymentId: string): Promise<PaymentReport> {
    const known = await this.store.find(paymentId, visibleCaller(service));
    return known
      ? this.reportKnown(context, known)
      : this.reportUnknown(context, service, paymentId, 'changes');
  }

  /**
   * The status of the newest payment with the caller's own id.
   *
   * @throws {Problem} `not-found` if the record has none
   */
  async reportNewest(
    context: RequestContext,
    service: ServiceActor,
    shopTransactionId: string,
  ): Promise<PaymentReport> {
    const caller = visibleCaller(service);
    const [newest] = (await this.lists.list({ shopTransactionId }, 1, { caller })) ?? [];
    if (!newest) throw unknownObject('shopTransactionId');
    return this.reportKnown(context, newest);
  }

  /**
   * Asks Stripe for the status of a payment, by any of its ids, and records it. If the payment is decided, its notification
   * is sent to `PAYMENT_CALLBACK_URL` again. One that was not sent yet is not sent twice.
   *
   * @throws {Problem} `not-found` as {@link PaymentAccess.find} does, `in-progress` as
   *   {@link PaymentRecordStore.sessionOfOperation} does
   */
  async check(context: RequestContext, service: ServiceActor, paymentId: string): Promise<PaymentReport> {
    const known = await this.store.find(paymentId, visibleCaller(service));
    const report = known
      ? await this.reportOf(context, await this.recorder.refreshKnown(context, known, 'payment'))
      : await this.reportUnknown(context, service, paymentId, 'payment');
    if (report.status !== 'PENDING') await this.redeliveries.redeliverCallback(report.paymentId);
    return report;
  }

  private async reportKnown(context: RequestContext, known: StoredPayment): Promise<PaymentReport> {
    return this.reportOf(
      context,
      known.status === 'PENDING' ? await this.recorder.refreshKnown(context, known, 'changes') : known,
    );
  }

  /** Records a payment that was not recorded yet, or of which the record does not know who has started it. */
  private async reportUnknown(
    context: RequestContext,
    service: ServiceActor,
    paymentId: string,
    scope: NoticeScope,
  ): Promise<PaymentReport> {
    const object = await this.access.find(context, service, paymentId);
    const payment = await this.record(context, object, scope);
    if (payment) return this.reportOf(context, payment);
    const report = unpaidReport(object);
    const { subscriptionId } = report;
    return subscriptionId === null
      ? report
      : { ...report, subscriptionStatus: await this.subscriptionStatus(context, subscriptionId) };
  }

  /** Undefined if nothing was paid or tried yet, and for a Charge that was made without a PaymentIntent. */
  private async record(
    context: RequestContext,
    object: PaymentObject,
    scope: NoticeScope,
  ): Promise<StoredPayment | undefined> {
    const { sessionId, paymentIntentId } = await this.references.recordable(context, object);
    if (paymentIntentId !== undefined)
      return this.recorder.refreshIntent(context, paymentIntentId, [], scope);
    return sessionId === undefined ? undefined : this.recorder.refreshSession(context, sessionId, [], scope);
  }

  private async reportOf(context: RequestContext, payment: RecordedPayment): Promise<PaymentReport> {
    return {
      paymentId: payment.paymentId,
      status: payment.status,
      shopTransactionId: payment.shopTransactionId,
      amountMinor: payment.amountMinor,
      refundedMinor: payment.refundedMinor,
      currency: payment.currency,
      subscriptionId: payment.subscriptionId,
      subscriptionStatus: await this.subscriptionStatusOf(context, payment),
    };
  }

  /** While a Checkout page is unpaid, its subscription does not exist at Stripe. */
  private async subscriptionStatusOf(
    context: RequestContext,
    { type, stage, subscriptionId }: RecordedPayment,
  ): Promise<SubscriptionStatus | null> {
    if (subscriptionId !== null) return this.subscriptionStatus(context, subscriptionId);
    if (type !== 'subscription') return null;
    return stage === 'expired' ? 'EXPIRED' : 'PENDING';
  }

  private async subscriptionStatus(
    context: RequestContext,
    subscriptionId: string,
  ): Promise<SubscriptionStatus | null> {
    const known = await this.subscriptions.find(subscriptionId);
    const subscription =
      known ?? (await this.subscriptionRecorder.refreshSubscription(context, subscriptionId, [], false));
    return subscription?.status ?? null;
  }
}
