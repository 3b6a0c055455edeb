import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { CancellationRecorder } from './cancellation-recorder.service.js';
import { DisputeListService } from './dispute-list.service.js';
import { DisputeRecordStore } from './dispute-record.store.js';
import { DisputeRecorder } from './dispute-recorder.service.js';
import { EndRecorder } from './end-recorder.service.js';
import { ExpiryRecorder } from './expiry-recorder.service.js';
import { FinishedChargeStore } from './finished-charge.store.js';
import { OutcomeChanges } from './outcome-changes.service.js';
import { PaymentAccess } from './payment-access.service.js';
import { PaymentCallersStore } from './payment-callers.store.js';
import { PaymentDeliveriesStore } from './payment-deliveries.store.js';
import { PaymentNotifier } from './payment-notifier.js';
import { PaymentListService } from './payment-list.service.js';
import { PaymentListStore } from './payment-list.store.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { PaymentRecorder } from './payment-recorder.service.js';
import { PaymentReader } from './payment-reader.stripe.js';
import { PaymentReferences } from './payment-references.stripe.js';
import { PaymentStatusService } from './payment-status.service.js';
import { RefundRecorder } from './refund-recorder.service.js';
import { ReplacementPages } from './replacement-pages.stripe.js';
import { ReplacementRecorder } from './replacement-recorder.service.js';
import { ReplacementsStore } from './replacements.store.js';
import { StartedPayments } from './started-payments.service.js';
import { StartedPaymentsStore } from './started-payments.store.js';
import { SubscriptionListService } from './subscription-list.service.js';
import { SubscriptionListStore } from './subscription-list.store.js';
import { SubscriptionNotifier } from './subscription-notifier.js';
import { SubscriptionReader } from './subscription-reader.stripe.js';
import { SubscriptionRecordStore } from './subscription-record.store.js';
import { SubscriptionRecorder } from './subscription-recorder.service.js';

/** Payments, however they were started: which objects of Stripe's belong to one, who may act on it, and its status. */
@Module({
  imports: [NotificationsModule],
  providers: [
    CancellationRecorder,
    DisputeListService,
    DisputeRecordStore,
    DisputeRecorder,
    EndRecorder,
    ExpiryRecorder,
    FinishedChargeStore,
    OutcomeChanges,
    PaymentAccess,
    PaymentCallersStore,
    PaymentDeliveriesStore,
    PaymentListService,
    PaymentListStore,
    PaymentNotifier,
    PaymentRecordStore,
    PaymentReader,
    PaymentRecorder,
    PaymentReferences,
    PaymentStatusService,
    RefundRecorder,
    ReplacementPages,
    ReplacementRecorder,
    ReplacementsStore,
    StartedPayments,
    StartedPaymentsStore,
    SubscriptionListService,
    SubscriptionListStore,
    SubscriptionNotifier,
    SubscriptionReader,
    SubscriptionRecordStore,
    SubscriptionRecorder,
  ],
  exports: [
    CancellationRecorder,
    DisputeListService,
    DisputeRecorder,
    EndRecorder,
    ExpiryRecorder,
    PaymentAccess,
    PaymentListService,
    PaymentRecorder,
    PaymentReferences,
    PaymentStatusService,
    RefundRecorder,
    ReplacementPages,
    ReplacementRecorder,
    ReplacementsStore,
    StartedPayments,
    SubscriptionListService,
    SubscriptionRecorder,
  ],
})
export class PaymentsModule {}
