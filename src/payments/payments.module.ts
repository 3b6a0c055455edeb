import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { PaymentAccess } from './payment-access.service.js';
import { PaymentCallersStore } from './payment-callers.store.js';
import { PaymentNotifier } from './payment-notifier.js';
import { PaymentListService } from './payment-list.service.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { PaymentRecorder } from './payment-recorder.service.js';
import { PaymentReader } from './payment-reader.stripe.js';
import { PaymentReferences } from './payment-references.stripe.js';
import { PaymentStatusService } from './payment-status.service.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** Payments, however they were started: which objects of Stripe's belong to one, who may act on it, and its status. */
@Module({
  imports: [NotificationsModule],
  providers: [
    PaymentAccess,
    PaymentCallersStore,
    PaymentListService,
    PaymentNotifier,
    PaymentRecordStore,
    PaymentReader,
    PaymentRecorder,
    PaymentReferences,
    PaymentStatusService,
    PaymentStatusStripe,
  ],
  exports: [PaymentAccess, PaymentListService, PaymentRecorder, PaymentReferences, PaymentStatusService],
})
export class PaymentsModule {}
