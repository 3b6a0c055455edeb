import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Database, DATABASE } from '../database/database.js';
import { withoutQuery } from '../database/without-query.js';
import { BacklogStore } from './backlog.store.js';
import { Metrics } from './metrics.js';

/** Reports the metrics of this process, with what is waiting in the database at that moment. */
@Injectable()
export class MetricsService {
  private readonly logger = new Logger(MetricsService.name);

  constructor(
    private readonly metrics: Metrics,
    private readonly backlog: BacklogStore,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  get contentType(): string {
    return this.metrics.contentType;
  }

  /** All metrics in Prometheus' text format. Without a database, those of the process. */
  async text(): Promise<string> {
    this.metrics.setBacklog(await this.readBacklog());
    this.metrics.setPool(this.database.$client);
    return this.metrics.text();
  }

  private async readBacklog() {
    try {
      return await this.backlog.read();
    } catch (error) {
      this.logger.warn(`Could not read what is waiting in the database: ${String(withoutQuery(error))}`);
      return undefined;
    }
  }
}
