import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { CheckoutClaimsStore } from './checkout-claims.store.js';
import { CheckoutService } from './checkout.service.js';
import { CheckoutStripe } from './checkout.stripe.js';
import { ShopTransactions } from './shop-transactions.service.js';
import { PaymentsModule } from '../payments/payments.module.js';

@Module({
  imports: [CustomersModule, OperationsModule, PaymentsModule],
  providers: [CheckoutClaimsStore, CheckoutService, CheckoutStripe, ShopTransactions],
  exports: [CheckoutService],
})
export class CheckoutModule {}
