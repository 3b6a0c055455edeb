import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { SubscriptionsService } from './subscriptions.service.js';
import { SubscriptionsStripe } from './subscriptions.stripe.js';

@Module({
  imports: [OperationsModule],
  providers: [SubscriptionsService, SubscriptionsStripe],
  exports: [SubscriptionsService],
})
export class SubscriptionsModule {}
