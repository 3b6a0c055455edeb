import { Module } from '@nestjs/common';
import { PaymentReferences } from './payment-references.stripe.js';
import { PaymentStatusService } from './payment-status.service.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

/** What a payment is, wherever it was started. */
@Module({
  providers: [PaymentReferences, PaymentStatusService, PaymentStatusStripe],
  exports: [PaymentReferences, PaymentStatusService],
})
export class PaymentsModule {}
