import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { RefundsService } from './refunds.service.js';
import { RefundsStore } from './refunds.store.js';
import { RefundsStripe } from './refunds.stripe.js';

@Module({
  imports: [OperationsModule, PaymentsModule],
  providers: [RefundsService, RefundsStore, RefundsStripe],
  exports: [RefundsService],
})
export class RefundsModule {}
