import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type Stripe from 'stripe';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import type { Sandbox } from '#sandbox/create-sandbox.js';
import { SeededRandom } from '#sandbox/faults/random.js';
import type { ApiKeyKind } from '../../src/access/api-key.js';
import { ApiKeyAdminService } from '../../src/access/api-key-admin.service.js';
import { SystemClock } from '#core/clock.js';
import { issueUserToken } from '../../src/access/local-issuer.js';
import { settingsFrom } from '../../src/config/settings.js';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { openDatabase } from '../../src/database/database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { copyBuild, type Mutation } from './build.js';
import { Client, type ServerPool } from './client.js';
import { FaultyReceiver } from './faulty-receiver.js';
import { Fleet } from './fleet.js';
import { KillPlan, type Moment } from './kill-plan.js';
import { Resources } from './resources.js';
import { type LoadBalancer, startLoadBalancer } from './load-balancer.js';
import { ShiftedClock } from './shifted-clock.js';
import { startStripe } from './stripe.js';

const AUTHOR = { caller: 'operator:chaos', address: 'test' };

/** The size and the faults of a run. */
export interface RunOptions {
  seed: string;
  /** The number of requests that the kills are spread over. */
  requests: number;
  kills: number;
  /** Instances of the service, on one database. */
  instances: number;
  /** How long a client repeats a request that gets no final response. */
  giveUpAfterMs: number;
  /** How long a run waits for what has to come in the end, such as events and deliveries, without any progress. */
  patienceMs: number;
  mutation?: Mutation;
  /** Those at which the instances are killed; by default those of a change at Stripe. */
  moments?: readonly Moment[];
  /** More settings of the instances. */
  environment?: Readonly<Record<string, string>>;
  log: (line: string) => void;
}

const POSTGRES_FOLDER = 'database';
/** Signs the events of Stripe. */
export const WEBHOOK_SECRET = 'whsec_chaos';
const POLL_MS = 250;

/** Everything that one run needs: the built service as child processes, a PostgreSQL, and a Stripe sandbox. */
export class Bench {
  readonly random: SeededRandom;
  readonly kills: KillPlan;
  stripe!: Sandbox;
  clock!: ShiftedClock;
  postgres!: EmbeddedPostgres;
  fleet!: Fleet;
  private balancer!: LoadBalancer;
  /** Rejects when the run can't go on. */
  readonly failed: Promise<never>;
  fail!: (error: unknown) => void;
  private folder!: string;
  private readonly resources = new Resources();
  private readonly clients: Client[] = [];

  constructor(readonly options: RunOptions) {
    this.random = new SeededRandom(`${options.seed}/bench`);
    this.kills = new KillPlan(options.kills, options.requests, this.random, options.moments);
    this.failed = new Promise((_resolve, reject) => (this.fail = reject));
  }

  /** Starts everything. `close` stops what was started, even if this fails. */
  async open(): Promise<void> {
    const { resources, options } = this;
    this.folder = await resources.start(makeTemporaryFolder, removeFolder);
    const programs = await resources.start(
      () => copyBuild(this.folder, options.mutation),
      async () => undefined,
    );
    this.clock = new ShiftedClock(this.folder);
    await this.clock.advanceMs(0);
    this.stripe = await resources.start(
      () => startStripe(options.seed, this.clock, (instance, moment) => this.killIfPlanned(instance, moment)),
      (stripe) => stripe.close(),
    );
    this.postgres = await resources.start(
      () => startEmbeddedPostgres({ dataDir: this.databaseFolder, log: () => undefined }),
      (postgres) => postgres.stop(),
    );
    this.fleet = await resources.start(
      async () => this.newFleet(programs),
      (fleet) => fleet.stop(),
    );
    this.balancer = await resources.start(
      () => startLoadBalancer(this.servers),
      (balancer) => balancer.close(),
    );
    await this.fleet.allStarted();
  }

  close(): Promise<void> {
    return this.resources.stopAll();
  }

  get databaseFolder(): string {
    return join(this.folder, POSTGRES_FOLDER);
  }

  /** The instances share the keys that they create, as for tokens of users. */
  private get keysFolder(): string {
    return join(this.folder, 'keys');
  }

  /** Has Stripe send its events to the instances in turn. */
  registerWebhook(): void {
    const url = `${this.balancer.url}/webhooks/stripe`;
    this.stripe.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: WEBHOOK_SECRET }));
  }

  /** Starts a receiver of notifications. At planned moments an instance is killed, which may be the one that delivers. */
  async startReceiver(name: string): Promise<FaultyReceiver> {
    let turn = 0;
    const random = new SeededRandom(`${this.options.seed}/${name}`);
    const kill = (moment: Moment) => void this.killIfPlanned(turn++ % this.options.instances, moment);
    const receiver = new FaultyReceiver(random, kill);
    await this.resources.start(
      () => receiver.start(),
      () => receiver.close(),
    );
    return receiver;
  }

  /** A credential for clients of one kind. */
  async issueKey(kind: ApiKeyKind, name: string): Promise<string> {
    const database = openDatabase(this.postgres.url, () => undefined);
    const request = { kind, name, scopes: DEFAULT_SCOPES };
    const { secret } = await ApiKeyAdminService.on(database, new SystemClock()).create(AUTHOR, request);
    await database.$client.end();
    return secret;
  }

  /** A token of a signed-in user, which is valid for 15 minutes. */
  issueUserToken(userId: string): Promise<string> {
    return issueUserToken(settingsFrom({ DATA_DIR: this.keysFolder }), userId, new Date());
  }

  /** Creates a client. Each one starts with another instance. */
  client(credential: string, giveUpAfterMs = this.options.giveUpAfterMs): Client {
    const { clients } = this;
    const client = new Client(this.servers, credential, giveUpAfterMs, clients.length);
    clients.push(client);
    return client;
  }

  /** stripe-node on the same Stripe, for changes that are made without the service. */
  get stripeClient(): Stripe {
    return createStripeClient(new StripeConnection('sk_test_chaos', this.stripe.url));
  }

  /** Resolves once PostgreSQL answers again. */
  async waitForDatabase(): Promise<void> {
    const isBack = () =>
      this.query('select 1').then(
        () => true,
        () => false,
      );
    while (!(await isBack())) await delay(POLL_MS);
  }

  /** The number of responses that clients got, by status or problem slug; lost ones count as "no answer". */
  answerCounts(): Map<string, number> {
    const all = new Map<string, number>();
    for (const client of this.clients)
      for (const [what, count] of client.answerCounts) all.set(what, (all.get(what) ?? 0) + count);
    return all;
  }

  /** Queries the service's database. */
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

  private get servers(): ServerPool {
    return {
      next: (turn) => this.fleet.next(turn),
      killIfPlanned: (instance, moment) => this.killIfPlanned(instance, moment),
    };
  }

  private newFleet(programs: string): Fleet {
    return new Fleet({
      size: this.options.instances,
      programs,
      folder: this.folder,
      databaseUrl: this.postgres.url,
      stripeUrl: this.stripe.url,
      environment: {
        STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
        DATA_DIR: this.keysFolder,
        ...this.clock.environment,
        ...this.options.environment,
      },
      onFailure: this.fail,
    });
  }

  /** Kills an instance if the plan says so for this moment; returns whether it did. */
  killIfPlanned(instance: number, moment: Moment): boolean {
    if (!this.fleet?.isUp(instance) || !this.kills.take(moment)) return false;
    this.fleet.kill(instance);
    return true;
  }
}
