import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Database, DATABASE, openDatabase } from './database.js';

/** Provides the database to every module, and closes it after the last request was answered. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  /** @param url PostgreSQL connection string of a migrated database */
  static forRoot(url: string): DynamicModule {
    const logger = new Logger(DatabaseModule.name);
    const onConnectionLost = (error: Error) => logger.warn(`Lost a database connection: ${error.message}`);
    return {
      module: DatabaseModule,
      providers: [{ provide: DATABASE, useFactory: () => openDatabase(url, onConnectionLost) }],
      exports: [DATABASE],
    };
  }

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.$client.end();
  }
}
