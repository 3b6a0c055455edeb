import { Module } from '@nestjs/common';
import { GuardrailCounters } from './guardrail-counters.store.js';
import { OperationAttempt } from './operation-attempt.js';
import { OperationEncryption } from './operation-encryption.js';
import { OperationRegistry } from './operation-registry.js';
import { OperationsService } from './operations.service.js';
import { OperationsStore } from './operations.store.js';
import { OperationsWorker } from './operations.worker.js';

/** Money-moving requests as durable, idempotent operations. */
@Module({
  providers: [
    GuardrailCounters,
    OperationAttempt,
    OperationEncryption,
    OperationRegistry,
    OperationsService,
    OperationsStore,
    OperationsWorker,
  ],
  exports: [OperationsService],
})
export class OperationsModule {}
