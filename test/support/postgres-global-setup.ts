import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { createDatabase, databaseUrl, TEMPLATE_DATABASE } from './postgres.js';
import { makeTemporaryFolder, removeFolder } from './temporary-folder.js';

/** One PostgreSQL for the whole test run, with a migrated database that suites copy; vitest runs it once. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await makeTemporaryFolder();
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    // The data is not needed after the run.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  });
  await createDatabase(postgres.url, TEMPLATE_DATABASE, 'template1');
  await migrateDatabase(databaseUrl(postgres.url, TEMPLATE_DATABASE));
  project.provide('postgresUrl', postgres.url);

  return async () => {
    await postgres.stop();
    await removeFolder(dataDir);
  };
}
