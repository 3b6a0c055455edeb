import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { RefundsModule } from '../refunds/refunds.module.js';
import { CustomerEvents } from './customer-events.js';
import { RefundEvents } from './refund-events.js';
import { WebhooksService } from './webhooks.service.js';
import { WebhooksStore } from './webhooks.store.js';
import { WebhooksStripe } from './webhooks.stripe.js';

@Module({
  imports: [CustomersModule, RefundsModule],
  providers: [WebhooksService, WebhooksStore, WebhooksStripe, CustomerEvents, RefundEvents],
  exports: [WebhooksService],
})
export class WebhooksModule {}
