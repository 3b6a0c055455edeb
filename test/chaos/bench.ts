import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type Stripe from 'stripe';
import { createStripeClient } from '../../libs/stripe/stripe-client.js';
import { StripeConnection } from '../../libs/stripe/stripe-connection.js';
import type { Sandbox } from '../../libs/stripe-sandbox/create-sandbox.js';
import { SeededRandom } from '../../libs/stripe-sandbox/faults/random.js';
import { type ApiKeyKind, ApiKeysService } from '../../src/access/api-keys.service.js';
import { SystemClock } from '../../src/core/clock.js';
import { openDatabase } from '../../src/database/database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { copyBuild, type Mutation } from './build.js';
import { Client } from './client.js';
import { Fleet } from './fleet.js';
import { KillPlan, type Moment } from './kill-plan.js';
import { Resources } from './resources.js';
import { startStripe } from './stripe.js';
import type { Told, Wish } from './told.js';
import { type Figure, never } from './verdict.js';

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
/** Operations must settle within a minute of Stripe's recovery; a lease of a dead instance comes on top. */
const SETTLES_WITHIN_MS = 90_000;
const POLL_MS = 250;
const PROGRESS_MS = 5_000;
/** One that died before it was planned has sent nothing, and is forgotten. */
const UNSETTLED = "state = 'running' and plan is not null";

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

  /** Has a client of its own send each of many wishes, as the kills allow; returns what each was told. */
  async sendAll(credential: string, wishes: readonly Wish[]): Promise<Told[]> {
    const { kills, hardship } = this;
    let answered = 0;
    const tell = () =>
      hardship.log(
        `${answered} of ${wishes.length} answered, ${kills.killed} of ${hardship.kills} kills done`,
      );
    const progress = setInterval(tell, PROGRESS_MS);
    kills.begin();
    const send = async (wish: Wish): Promise<Told> => {
      await kills.requestMayStart();
      const told = await this.client(credential).send(wish);
      kills.requestAnswered();
      answered += 1;
      return told;
    };
    try {
      return await Promise.all(wishes.map(send));
    } finally {
      clearInterval(progress);
      tell();
    }
  }

  /** Lets Stripe recover and the workers finish what nobody asks for; tells what they did not finish. */
  async settle(): Promise<Figure[]> {
    const calls = this.stripe.counters.list().map((route) => route.calls);
    const wrong = this.stripe.faults.list().flatMap(({ struck }) => Object.values(struck));
    this.stripe.faults.clear();
    await this.fleet.allUp();
    const giveUpAt = Date.now() + SETTLES_WITHIN_MS;
    let unsettled = await this.operations(UNSETTLED);
    if (unsettled.length > 0) this.hardship.log(`${unsettled.length} operations are still to settle`);
    while (unsettled.length > 0 && Date.now() < giveUpAt) {
      await delay(POLL_MS);
      unsettled = await this.operations(UNSETTLED);
    }
    return [
      never('operations that do not settle', unsettled),
      never('operations that need a review', await this.operations("state = 'needs-review'")),
      { what: 'calls to Stripe', count: sumOf(calls) },
      { what: '  that went wrong', count: sumOf(wrong) },
    ];
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

  /** All that the database has of some operations, as lines. */
  private async operations(condition: string): Promise<string[]> {
    const rows = await this.query(`select * from operations where ${condition}`);
    return rows.map((row) => JSON.stringify(row));
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

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
