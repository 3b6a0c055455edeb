import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type Stripe from 'stripe';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import type { Sandbox } from '#sandbox/create-sandbox.js';
import { SeededRandom } from '#sandbox/faults/random.js';
import { type ApiKeyKind, ApiKeysService } from '../../src/access/api-keys.service.js';
import { SystemClock } from '#core/clock.js';
import { openDatabase } from '../../src/database/database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { copyBuild, type Mutation } from './build.js';
import { Client } from './client.js';
import { Fleet } from './fleet.js';
import { KillPlan, type Moment } from './kill-plan.js';
import { Resources } from './resources.js';
import { startStripe } from './stripe.js';

/** How hard a run is. */
export interface Hardship {
  seed: string;
  /** How many requests the kills are spread over. */
  requests: number;
  kills: number;
  /** Of the service, on one database. */
  instances: number;
  /** How long a client goes on without a final answer. */
  patienceMs: number;
  mutation?: Mutation;
  log: (line: string) => void;
}

const PATH_OF_POSTGRES = 'database';
const POLL_MS = 250;

/** The built service as child processes, a PostgreSQL of its own, and a Stripe outside; one for each run. */
export class Bench {
  readonly random: SeededRandom;
  readonly kills: KillPlan;
  stripe!: Sandbox;
  postgres!: EmbeddedPostgres;
  fleet!: Fleet;
  /** Rejects when the run can't go on. */
  readonly failed: Promise<never>;
  fail!: (error: unknown) => void;
  private folder!: string;
  private readonly resources = new Resources();
  private readonly clients: Client[] = [];

  constructor(readonly hardship: Hardship) {
    this.random = new SeededRandom(`${hardship.seed}/bench`);
    this.kills = new KillPlan(hardship.kills, hardship.requests, this.random);
    this.failed = new Promise((_resolve, reject) => (this.fail = reject));
  }

  /** Resolves when everything is up. Whatever becomes of that, `close` stops all that was started. */
  async open(): Promise<void> {
    const { resources, hardship } = this;
    this.folder = await resources.start(makeTemporaryFolder, removeFolder);
    const build = await resources.start(
      () => copyBuild(this.folder, hardship.mutation),
      async () => undefined,
    );
    this.stripe = await resources.start(
      () => startStripe(hardship.seed, (instance, moment) => this.dies(instance, moment)),
      (stripe) => stripe.close(),
    );
    this.postgres = await resources.start(
      () => startEmbeddedPostgres({ dataDir: this.databaseFolder, log: () => undefined }),
      (postgres) => postgres.stop(),
    );
    this.fleet = await resources.start(
      async () => this.newFleet(build),
      (fleet) => fleet.stop(),
    );
    await this.fleet.allUp();
  }

  close(): Promise<void> {
    return this.resources.stopAll();
  }

  get databaseFolder(): string {
    return join(this.folder, PATH_OF_POSTGRES);
  }

  /** A credential for clients of one kind. */
  async issueKey(kind: ApiKeyKind, name: string): Promise<string> {
    const database = openDatabase(this.postgres.url, () => undefined);
    const key = await new ApiKeysService(database, new SystemClock()).issue(kind, name);
    await database.$client.end();
    return key;
  }

  /** One more caller; each starts at another instance. */
  client(credential: string): Client {
    const { fleet, hardship, clients } = this;
    const servers = {
      next: (turn: number) => fleet.next(turn),
      dies: (instance: number, moment: Moment) => this.dies(instance, moment),
    };
    const client = new Client(servers, credential, hardship.patienceMs, clients.length);
    clients.push(client);
    return client;
  }

  /** stripe-node on the same Stripe, for what happens there without us. */
  get stripeClient(): Stripe {
    return createStripeClient(new StripeConnection('sk_test_chaos', this.stripe.url));
  }

  /** Resolves once PostgreSQL answers again. */
  async databaseIsBack(): Promise<void> {
    const isBack = () =>
      this.query('select 1').then(
        () => true,
        () => false,
      );
    while (!(await isBack())) await delay(POLL_MS);
  }

  /** How often clients heard what: a status, a problem by its name, or nothing. */
  heard(): Map<string, number> {
    const all = new Map<string, number>();
    for (const client of this.clients)
      for (const [what, count] of client.heard) all.set(what, (all.get(what) ?? 0) + count);
    return all;
  }

  /** Asks the database. */
  async query<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
    const client = new pg.Client(this.postgres.url);
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<Row>(statement);
      return rows;
    } finally {
      await client.end();
    }
  }

  private newFleet(build: string): Fleet {
    return new Fleet({
      size: this.hardship.instances,
      build,
      folder: this.folder,
      databaseUrl: this.postgres.url,
      stripeUrl: this.stripe.url,
      onFailure: this.fail,
    });
  }

  /** Kills an instance if that is its fate at this moment. */
  private dies(instance: number, moment: Moment): boolean {
    if (!this.fleet?.isUp(instance) || !this.kills.take(moment)) return false;
    this.fleet.kill(instance);
    return true;
  }
}
