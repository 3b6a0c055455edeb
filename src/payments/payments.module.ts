import { Module } from '@nestjs/common';
import { PaymentAccess } from './payment-access.service.js';
import { PaymentCallersStore } from './payment-callers.store.js';
import { PaymentReferences } from './payment-references.stripe.js';
import { PaymentStatusService } from './payment-status.service.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** Payments, however they were started: which objects of Stripe's belong to one, who may act on it, and its status. */
@Module({
  providers: [
    PaymentAccess,
    PaymentCallersStore,
    PaymentReferences,
    PaymentStatusService,
    PaymentStatusStripe,
  ],
  exports: [PaymentAccess, PaymentReferences, PaymentStatusService],
})
export class PaymentsModule {}
