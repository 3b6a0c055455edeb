import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { PruningWorker } from '../queue/pruning.worker.js';
import { AuditLog } from './audit-log.store.js';

/** Deletes entries of the audit log that are older than `AUDIT_RETENTION_DAYS`. */
@Injectable()
export class AuditLogWorker extends PruningWorker {
  constructor(auditLog: AuditLog, { AUDIT_RETENTION_DAYS: retentionDays }: Settings) {
    super(() => auditLog.prune(retentionDays), 'Could not delete old entries of the audit log');
  }
}
