import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { RefundsModule } from '../refunds/refunds.module.js';
import { SetupIntentsModule } from '../setup-intents/setup-intents.module.js';
import { CustomerEvents } from './customer-events.js';
import { EventHandlers } from './event-handlers.js';
import { EventWalk } from './event-walk.service.js';
import { EventWalkStore } from './event-walk.store.js';
import { EventWalkStripe } from './event-walk.stripe.js';
import { EventsAdmin } from './events-admin.service.js';
import { EventsAdminStore } from './events-admin.store.js';
import { EventTargetsStore } from './event-targets.store.js';
import { EventsStore } from './events.store.js';
import { EventsWorker } from './events.worker.js';
import { CheckoutEvents, IntentEvents, SubscriptionEvents } from './payment-events.js';
import { PaymentMethodEvents } from './payment-method-events.js';
import { RefundEvents } from './refund-events.js';
import { SetupIntentEvents } from './setup-intent-events.js';
import { WebhooksService } from './webhooks.service.js';
import { WebhooksStripe } from './webhooks.stripe.js';

@Module({
  imports: [CustomersModule, PaymentsModule, RefundsModule, SetupIntentsModule],
  providers: [
    WebhooksService,
    EventsStore,
    EventTargetsStore,
    EventsWorker,
    EventWalk,
    EventWalkStore,
    EventWalkStripe,
    EventsAdmin,
    EventsAdminStore,
    EventHandlers,
    WebhooksStripe,
    CustomerEvents,
    PaymentMethodEvents,
    SetupIntentEvents,
    RefundEvents,
    IntentEvents,
    CheckoutEvents,
    SubscriptionEvents,
  ],
  exports: [WebhooksService, EventsAdmin],
})
export class WebhooksModule {}
