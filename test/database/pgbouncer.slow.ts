import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { createStripeClient } from '#stripe/stripe-client.js';
import { createSandbox } from '#sandbox/create-sandbox.js';
import { Caller } from '../support/caller.js';
import { chargeCards } from '../support/charge-cards.js';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { createDatabase, databaseUrl, dropDatabase } from '../support/postgres.js';
import {
  bareEnvironment,
  ENCRYPTION_KEY,
  failToStart,
  SECRET_KEY,
  settingsOn,
  startService,
} from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

test.runIf(hasPgBouncer).each(['transaction', 'session'] as const)(
  'two instances work behind PgBouncer in %s mode',
  async (mode) => {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
    const server = inject('postgresUrl');
    const name = `pooled_${randomUUID().replaceAll('-', '')}`;
    await createDatabase(server, name, 'template1');
    onTestFinished(() => dropDatabase(server, name));
    const directUrl = databaseUrl(server, name);
    const pgBouncer = await startPgBouncer(folder, directUrl, mode);
    onTestFinished(() => pgBouncer.stop());
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const environment = {
      ...settingsOn(pgBouncer.url, sandbox.url),
      ...(mode === 'transaction' && { DATABASE_DIRECT_URL: directUrl }),
    };
    const services = await Promise.all(
      ['one', 'two'].map(async (instance) => {
        const service = await startService(join(folder, instance), environment);
        onTestFinished(async () => void (await service.end('SIGTERM')));
        return service;
      }),
    );
    const command = (...args: string[]) =>
      run(process.execPath, args, { env: { ...bareEnvironment(), ...environment } });
    const key = (await command('dist/bundle/token.js', 'partner', 'acme')).stdout.trim();
    const stripe = createStripeClient(new StripeConnection(SECRET_KEY, sandbox.url));

    const charged = await Promise.all(
      services.map(({ url }) => chargeCards(new Caller(url, key), stripe, { clients: 8, rounds: 4 })),
    );
    expect(new Set(charged.flat()).size).toBe(64);
    expect(sandbox.ledger.list('payment_intent')).toHaveLength(64);
    expect((await command('dist/bundle/backfill.js')).stdout).toMatch(/complete: \d+ objects/);
    for (const { output } of services) expect(output()).not.toMatch(/"level":[456]0/);
  },
);

test.runIf(hasPgBouncer)('does not start behind PgBouncer in transaction mode alone', async () => {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => removeFolder(folder));
  const pgBouncer = await startPgBouncer(folder, inject('postgresUrl'), 'transaction');
  onTestFinished(() => pgBouncer.stop());
  const { code, output } = await failToStart(folder, {
    DATABASE_URL: pgBouncer.url,
    STRIPE_SECRET_KEY: SECRET_KEY,
    ENCRYPTION_KEY,
  });
  expect(code).toBe(1);
  expect(output).toContain('DATABASE_DIRECT_URL must lead to the same database without it');
});
