import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log.store.js';
import { AuditLogWorker } from './audit-log.worker.js';

/** The audit log, for every module whose changes it records. */
@Module({ providers: [AuditLog, AuditLogWorker], exports: [AuditLog] })
export class AuditModule {}
