import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { CheckoutService } from './checkout.service.js';
import { CheckoutStripe } from './checkout.stripe.js';
import { PaymentStatusService } from './payment-status.service.js';
import { PaymentStatusStripe } from './payment-status.stripe.js';

@Module({
  imports: [CustomersModule, OperationsModule],
  providers: [CheckoutService, CheckoutStripe, PaymentStatusService, PaymentStatusStripe],
  exports: [CheckoutService, PaymentStatusService],
})
export class CheckoutModule {}
