import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { RefundsModule } from '../refunds/refunds.module.js';
import { SetupIntentsModule } from '../setup-intents/setup-intents.module.js';
import { CustomerEvents } from './customer-events.js';
import { EventHandlers } from './event-handlers.js';
import { EventTargetsStore } from './event-targets.store.js';
import { EventsStore } from './events.store.js';
import { EventsWorker } from './events.worker.js';
import { PaymentMethodEvents } from './payment-method-events.js';
import { RefundEvents } from './refund-events.js';
import { SetupIntentEvents } from './setup-intent-events.js';
import { WebhooksService } from './webhooks.service.js';
import { WebhooksStripe } from './webhooks.stripe.js';

@Module({
  imports: [CustomersModule, RefundsModule, SetupIntentsModule],
  providers: [
    WebhooksService,
    EventsStore,
    EventTargetsStore,
    EventsWorker,
    EventHandlers,
    WebhooksStripe,
    CustomerEvents,
    PaymentMethodEvents,
    SetupIntentEvents,
    RefundEvents,
  ],
  exports: [WebhooksService],
})
export class WebhooksModule {}
