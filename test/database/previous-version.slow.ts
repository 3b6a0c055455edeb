import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { createStripeClient } from '#stripe/stripe-client.js';
import { createSandbox } from '#sandbox/create-sandbox.js';
import { Caller } from '../support/caller.js';
import { chargeCards } from '../support/charge-cards.js';
import { createDatabase, databaseUrl, dropDatabase } from '../support/postgres.js';
import { buildCommit, commitBeforeNewestMigration } from '../support/previous-version.js';
import { bareEnvironment, SECRET_KEY, settingsOn, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { migrateDatabase } from '../../src/database/migrate.js';

const run = promisify(execFile);
const previous = commitBeforeNewestMigration();
const CLIENTS = 4;
/** Each client's requests before the migration, and after it. */
const ROUNDS = 5;

/**
 * The version before the newest migration, built from the history, works on a database that is migrated meanwhile. A
 * clone without that history skips this; src/database/migrations.spec.ts checks the statements in every clone.
 */
test.runIf(previous)(
  'the previous version serves while its database is migrated, and afterwards',
  async () => {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
    const programs = await buildPrevious(folder);
    const url = await emptyDatabase();
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const environment = settingsOn(url, sandbox.url);
    const service = await startService(join(folder, 'data'), environment, programs);
    onTestFinished(async () => void (await service.end('SIGTERM')));
    const token = await run(process.execPath, [join(programs, 'token.js'), 'partner', 'acme'], {
      env: { ...bareEnvironment(), ...environment },
    });
    const partner = new Caller(service.url, token.stdout.trim());
    const stripe = createStripeClient(new StripeConnection(SECRET_KEY, sandbox.url));

    const chargeAll = () => chargeCards(partner, stripe, { clients: CLIENTS, rounds: ROUNDS });

    const [before] = await Promise.all([chargeAll(), migrateDatabase(url)]);
    const after = await chargeAll();
    expect(new Set([...before, ...after]).size).toBe(2 * CLIENTS * ROUNDS);
    expect(sandbox.ledger.list('payment_intent')).toHaveLength(2 * CLIENTS * ROUNDS);
    expect(service.output()).not.toMatch(/"level":[456]0/);

    // A restart of the previous version on the newer schema, for example after a rollback.
    await service.end('SIGTERM');
    const restarted = await startService(
      join(folder, 'data'),
      { ...environment, MIGRATE_ON_START: 'false' },
      programs,
    );
    onTestFinished(async () => void (await restarted.end('SIGTERM')));
    expect(
      await new Caller(restarted.url, token.stdout.trim()).get('/partners/user/user-0/payments'),
    ).toMatchObject({ status: 200 });
  },
);

async function buildPrevious(folder: string): Promise<string> {
  const source = join(folder, 'previous');
  await mkdir(source);
  return buildCommit(previous!, source);
}

async function emptyDatabase(): Promise<string> {
  const server = inject('postgresUrl');
  const name = `previous_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(server, name, 'template1');
  onTestFinished(() => dropDatabase(server, name));
  return databaseUrl(server, name);
}
