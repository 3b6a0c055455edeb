import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { InvoicePreviewsStripe } from './invoice-previews.stripe.js';
import { NamedSubscriptions } from './named-subscriptions.service.js';
import { SchedulesStripe } from './schedules.stripe.js';
import { SubscriptionChangesService } from './subscription-changes.service.js';
import { SubscriptionClaimsStore } from './subscription-claims.store.js';
import { SubscriptionUpdates } from './subscription-updates.service.js';
import { SubscriptionsService } from './subscriptions.service.js';
import { SubscriptionsStripe } from './subscriptions.stripe.js';
import { UpgradesService } from './upgrades.service.js';
import { UserSubscriptionsService } from './user-subscriptions.service.js';
import { UserSubscriptionsStripe } from './user-subscriptions.stripe.js';

@Module({
  imports: [CustomersModule, LimitsModule, OperationsModule, PaymentsModule],
  providers: [
    InvoicePreviewsStripe,
    NamedSubscriptions,
    SchedulesStripe,
    SubscriptionChangesService,
    SubscriptionClaimsStore,
    SubscriptionsService,
    SubscriptionsStripe,
    SubscriptionUpdates,
    UpgradesService,
    UserSubscriptionsService,
    UserSubscriptionsStripe,
  ],
  exports: [
    NamedSubscriptions,
    SubscriptionChangesService,
    SubscriptionsService,
    UpgradesService,
    UserSubscriptionsService,
  ],
})
export class SubscriptionsModule {}
