import { Module } from '@nestjs/common';
import { AuditModule } from '../access/audit.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { GuardrailCounters } from './guardrail-counters.store.js';
import { OperationAttempt } from './operation-attempt.js';
import { OperationEncryption } from './operation-encryption.js';
import { OperationRehearsal } from './operation-rehearsal.js';
import { OperationRegistry } from './operation-registry.js';
import { OperationsService } from './operations.service.js';
import { OperationsStore } from './operations.store.js';
import { OperationsWorker } from './operations.worker.js';
import { RefusalLog } from './refusal-log.js';
import { ReviewsService } from './reviews.service.js';
import { ReviewsStore } from './reviews.store.js';
import { SharedClock } from './shared-clock.store.js';

/** Money-moving requests as durable, idempotent operations. */
@Module({
  imports: [AuditModule, NotificationsModule],
  providers: [
    GuardrailCounters,
    OperationAttempt,
    OperationEncryption,
    OperationRegistry,
    OperationRehearsal,
    OperationsService,
    OperationsStore,
    OperationsWorker,
    RefusalLog,
    ReviewsService,
    ReviewsStore,
    SharedClock,
  ],
  exports: [OperationsService, ReviewsService, SharedClock],
})
export class OperationsModule {}
