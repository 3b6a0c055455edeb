import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { RefundsModule } from '../refunds/refunds.module.js';
import { SetupIntentsModule } from '../setup-intents/setup-intents.module.js';
import { CustomerEvents } from './customer-events.js';
import { PaymentMethodEvents } from './payment-method-events.js';
import { RefundEvents } from './refund-events.js';
import { SetupIntentEvents } from './setup-intent-events.js';
import { WebhooksService } from './webhooks.service.js';
import { WebhooksStore } from './webhooks.store.js';
import { WebhooksStripe } from './webhooks.stripe.js';

@Module({
  imports: [CustomersModule, RefundsModule, SetupIntentsModule],
  providers: [
    WebhooksService,
    WebhooksStore,
    WebhooksStripe,
    CustomerEvents,
    PaymentMethodEvents,
    SetupIntentEvents,
    RefundEvents,
  ],
  exports: [WebhooksService],
})
export class WebhooksModule {}
