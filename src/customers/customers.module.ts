import { Module } from '@nestjs/common';
import { AuditModule } from '../access/audit.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { CardChangesService } from './card-changes.service.js';
import { CardChangesStripe } from './card-changes.stripe.js';
import { CustomersService } from './customers.service.js';
import { CustomersStore } from './customers.store.js';
import { CustomersStripe } from './customers.stripe.js';
import { OnlyPageStripe } from './only-page.stripe.js';
import { OwnerSubscriptionsService } from './owner-subscriptions.service.js';
import { OwnerSubscriptionsStripe } from './owner-subscriptions.stripe.js';
import { SavedCardsService } from './saved-cards.service.js';
import { SavedCardsStore } from './saved-cards.store.js';
import { SavedCardsStripe } from './saved-cards.stripe.js';
import { TaxIdAdditionsStore } from './tax-id-additions.store.js';
import { TaxIdEndsStore } from './tax-id-ends.store.js';
import { TaxIdEndsWorker } from './tax-id-ends.worker.js';
import { TaxIdsStripe } from './tax-ids.stripe.js';
import { UpgradeClaimsStore } from './upgrade-claims.store.js';

@Module({
  imports: [OperationsModule, AuditModule, NotificationsModule],
  providers: [
    CardChangesService,
    CardChangesStripe,
    CustomersService,
    CustomersStore,
    CustomersStripe,
    OnlyPageStripe,
    OwnerSubscriptionsService,
    OwnerSubscriptionsStripe,
    SavedCardsService,
    SavedCardsStore,
    SavedCardsStripe,
    TaxIdAdditionsStore,
    TaxIdEndsStore,
    TaxIdEndsWorker,
    TaxIdsStripe,
    UpgradeClaimsStore,
  ],
  exports: [
    CardChangesService,
    CustomersService,
    OnlyPageStripe,
    OwnerSubscriptionsService,
    SavedCardsService,
    UpgradeClaimsStore,
  ],
})
export class CustomersModule {}
