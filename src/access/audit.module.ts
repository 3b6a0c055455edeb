import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log.store.js';

/** The audit log, for every module whose changes it records. */
@Module({ providers: [AuditLog], exports: [AuditLog] })
export class AuditModule {}
