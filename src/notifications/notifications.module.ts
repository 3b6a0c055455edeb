import { Module } from '@nestjs/common';
import { AuditModule } from '../access/audit.module.js';
import { ConfirmLinksModule } from '../confirm-links/confirm-links.module.js';
import { AddressRules } from './address-rules.js';
import { CallbackEndpoint } from './callback-endpoint.service.js';
import { DeliveriesStore } from './deliveries.store.js';
import { DeliveryAttempt } from './delivery-attempt.js';
import { DeliverySteps } from './delivery-steps.js';
import { EndpointSecrets } from './endpoint-secrets.service.js';
import { EndpointsService } from './endpoints.service.js';
import { EndpointsStore } from './endpoints.store.js';
import { NotificationsService } from './notifications.service.js';
import { NotificationsStore } from './notifications.store.js';
import { NotificationsWorker } from './notifications.worker.js';
import { Outbox } from './outbox.store.js';
import { QueuesStore } from './queues.store.js';
import { RedeliveriesService } from './redeliveries.service.js';
import { RedeliveriesStore } from './redeliveries.store.js';

/** Tells callers what has become of payments, also after the answer to their request. */
@Module({
  imports: [AuditModule, ConfirmLinksModule],
  providers: [
    AddressRules,
    CallbackEndpoint,
    DeliveriesStore,
    DeliveryAttempt,
    DeliverySteps,
    EndpointSecrets,
    EndpointsService,
    EndpointsStore,
    NotificationsService,
    NotificationsStore,
    NotificationsWorker,
    Outbox,
    QueuesStore,
    RedeliveriesService,
    RedeliveriesStore,
  ],
  exports: [CallbackEndpoint, EndpointsService, NotificationsService, Outbox, RedeliveriesService],
})
export class NotificationsModule {}
