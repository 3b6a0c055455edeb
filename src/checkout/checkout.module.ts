import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { CheckoutService } from './checkout.service.js';
import { CheckoutStripe } from './checkout.stripe.js';
import { PaymentsModule } from '../payments/payments.module.js';

@Module({
  imports: [CustomersModule, OperationsModule, PaymentsModule],
  providers: [CheckoutService, CheckoutStripe],
  exports: [CheckoutService],
})
export class CheckoutModule {}
