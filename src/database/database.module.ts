import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { traceQueries } from '../tracing/trace-queries.js';
import { NO_TRACING, type Tracing } from '../tracing/tracing.js';
import { type Database, DATABASE, openDatabase } from './database.js';
import { DatabaseListener } from './database-listener.js';

/** Provides the database to every module, and closes it after the last request was answered. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  /**
   * @param url PostgreSQL connection string of a migrated database
   * @param directUrl if `url` leads to a pooler, the same database without it
   */
  static forRoot(url: string, directUrl?: string, tracing: Tracing = NO_TRACING): DynamicModule {
    const logger = new Logger(DatabaseModule.name);
    const onConnectionLost = (error: Error) => logger.warn(`Lost a database connection: ${error.message}`);
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: DATABASE,
          useFactory: () => {
            const database = openDatabase(url, onConnectionLost, directUrl);
            if (tracing.isOn) traceQueries(database.$client, tracing);
            return database;
          },
        },
        {
          provide: DatabaseListener,
          useFactory: () => new DatabaseListener(directUrl ?? url, onConnectionLost),
        },
      ],
      exports: [DATABASE, DatabaseListener],
    };
  }

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly listener: DatabaseListener,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.listener.stop(), this.database.$client.end()]);
  }
}
