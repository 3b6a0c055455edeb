import { Module } from '@nestjs/common';
import { PaymentReferences } from './payment-references.stripe.js';
import { PaymentStatusService } from './payment-status.service.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** Payments, however they were started: which objects of Stripe's belong to one, and its status. */
@Module({
  providers: [PaymentReferences, PaymentStatusService, PaymentStatusStripe],
  exports: [PaymentReferences, PaymentStatusService],
})
export class PaymentsModule {}
