import { join } from 'node:path';
import pg from 'pg';
import { SystemClock } from '#core/clock.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import { createSandbox, type Sandbox } from '#sandbox/create-sandbox.js';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { ApiKeyAdminService } from '../../src/access/api-key-admin.service.js';
import { openDatabase } from '../../src/database/database.js';
import { copyBuild, type Mutation } from '../chaos/build.js';
import { Resources } from '../chaos/resources.js';
import { SECRET_KEY, type ServiceProcess, settingsOn, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { Credentials } from './credentials.js';
import { createPool, OFFERED_PRODUCTS } from './fixtures.js';
import type { Pool } from './pool.js';

const SPARE_KEYS = 20;

/** Everything that a run needs: the built service, a PostgreSQL, a Stripe sandbox, and objects that exist. */
export class Bench {
  service!: ServiceProcess;
  credentials!: Credentials;
  pool!: Pool;
  /** The calls to Stripe so far, such as `POST /v1/customers`. */
  readonly stripeCalls: string[] = [];
  private readonly resources = new Resources();

  /** @param mutation a bug for the service, which the run must find */
  constructor(private readonly mutation?: Mutation) {}

  /** Starts everything. `close` stops what was started, even if this fails. */
  async open(): Promise<void> {
    const { resources } = this;
    const folder = await resources.start(makeTemporaryFolder, removeFolder);
    const postgres = await resources.start(
      () => startEmbeddedPostgres({ dataDir: join(folder, 'database'), log: () => undefined }),
      (started) => started.stop(),
    );
    const sandbox = await resources.start(
      () => createSandbox({ observe: ({ method, path }) => this.stripeCalls.push(`${method} ${path}`) }),
      (started) => started.close(),
    );
    const programs = await copyBuild(folder, this.mutation);
    const dataDir = join(folder, 'service');
    this.service = await resources.start(
      () => startService(dataDir, environmentOf(postgres, sandbox), programs),
      async (started) => void (await started.end('SIGKILL')),
    );
    await this.prepare(postgres.url, sandbox.url, dataDir, join(folder, 'other'));
  }

  close(): Promise<void> {
    return this.resources.stopAll();
  }

  private async prepare(
    databaseUrl: string,
    stripeUrl: string,
    dataDir: string,
    otherDir: string,
  ): Promise<void> {
    const database = openDatabase(databaseUrl, () => undefined);
    const keys = ApiKeyAdminService.on(database, new SystemClock());
    this.credentials = await Credentials.create(keys, dataDir, otherDir);
    const client: pg.Pool = database.$client;
    await client.query("update api_keys set revoked_at = now() where name = 'revoked'");
    await client.query("update api_keys set expires_at = now() where name = 'expired'");
    const stripe = createStripeClient(new StripeConnection(SECRET_KEY, stripeUrl));
    this.pool = {
      ...(await createPool(this.service.url, this.credentials, stripe, client)),
      key: await Credentials.createSpareKeys(keys, SPARE_KEYS),
    };
    await client.end();
  }
}

function environmentOf(postgres: EmbeddedPostgres, sandbox: Sandbox): Record<string, string> {
  return {
    ...settingsOn(postgres.url, sandbox.url),
    REDIRECT_ORIGINS: 'https://example.com',
    SUBSCRIBABLE_PRICES: OFFERED_PRODUCTS.map((id) => `product:${id}`).join(),
    PAYMENT_CALLBACK_URL: 'https://receiver.example/callback',
    // Each call to Stripe has to belong to a request.
    EVENTS_WALK_SECONDS: '3600',
  };
}
