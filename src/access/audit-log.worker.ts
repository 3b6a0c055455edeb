import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { warnOf } from '../queue/warn-of.js';
import { AuditLog } from './audit-log.store.js';

/** Deletes entries of the audit log that are older than `AUDIT_RETENTION_DAYS`; each instance runs one. */
@Injectable()
export class AuditLogWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pruning: PeriodicTask;

  constructor(auditLog: AuditLog, { AUDIT_RETENTION_DAYS: retentionDays }: Settings) {
    this.pruning = new PeriodicTask(
      () => auditLog.prune(retentionDays),
      PRUNE_MS,
      warnOf(new Logger(AuditLogWorker.name), 'Could not delete old entries of the audit log'),
    );
  }

  onApplicationBootstrap(): void {
    this.pruning.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pruning.stop();
  }
}
