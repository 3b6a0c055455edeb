import 'reflect-metadata';
import { startDatabase } from './boot/database.js';
import { exitOnError } from './boot/exit-on-error.js';
import { refuseArguments } from './boot/refuse-arguments.js';
import { loadSafeSettings } from './config/load-settings.js';
import { migrateDatabase } from './database/migrate.js';

/** Migrates the database without starting the service, for deployments with `MIGRATE_ON_START=false`. */
async function main(): Promise<void> {
  refuseArguments('npm run migrate');
  const database = await startDatabase(loadSafeSettings(), print, migrateDatabase);
  await database.stop();
  print('The database has the schema of this version.');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await exitOnError(main);
