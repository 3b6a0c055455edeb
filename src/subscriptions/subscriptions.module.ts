import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { SubscriptionsService } from './subscriptions.service.js';
import { SubscriptionsStripe } from './subscriptions.stripe.js';

@Module({
  imports: [OperationsModule, PaymentsModule],
  providers: [SubscriptionsService, SubscriptionsStripe],
  exports: [SubscriptionsService],
})
export class SubscriptionsModule {}
