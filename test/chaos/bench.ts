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
import { Client, type Told, type Wish } from './client.js';
import { Fleet } from './fleet.js';
import { KillPlan, type Moment } from './kill-plan.js';
import { startStripe } from './stripe.js';
import type { Figure } from './verdict.js';

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
/** One that died before it was planned has sent nothing, and is forgotten. */
const UNSETTLED = "from operations where state = 'running' and plan is not null";

/** The built service as child processes, a PostgreSQL of its own, and a Stripe outside; one for each run. */
export class Bench {
  readonly random: SeededRandom;
  readonly kills: KillPlan;
  stripe!: Sandbox;
  postgres!: EmbeddedPostgres;
  fleet!: Fleet;
  private folder!: string;
  private readonly clients: Client[] = [];

  private constructor(readonly hardship: Hardship) {
    this.random = new SeededRandom(`${hardship.seed}/bench`);
    this.kills = new KillPlan(hardship.kills, hardship.requests, this.random);
  }

  static async open(hardship: Hardship): Promise<Bench> {
    const bench = new Bench(hardship);
    bench.folder = await makeTemporaryFolder();
    const build = await copyBuild(bench.folder, hardship.mutation);
    bench.stripe = await startStripe(hardship.seed, (instance, moment) => bench.dies(instance, moment));
    bench.postgres = await startEmbeddedPostgres({ dataDir: bench.databaseFolder, log: () => undefined });
    bench.fleet = await Fleet.start({
      size: hardship.instances,
      build,
      folder: bench.folder,
      databaseUrl: bench.postgres.url,
      stripeUrl: bench.stripe.url,
    });
    return bench;
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
      size: fleet.size,
      url: (number: number) => fleet.url(number),
      dies: (instance: number, moment: Moment) => this.dies(instance, moment),
      log: hardship.log,
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
      this.count('select 1 as count').then(
        () => true,
        () => false,
      );
    while (!(await isBack())) await delay(POLL_MS);
  }

  /** How often clients were told of a problem, by its name. */
  problems(): Map<string, number> {
    const all = new Map<string, number>();
    for (const client of this.clients)
      for (const [slug, count] of client.problems) all.set(slug, (all.get(slug) ?? 0) + count);
    return all;
  }

  /** Has a client of its own send each of many wishes, as the kills allow; returns what each was told. */
  async sendAll(credential: string, wishes: readonly Wish[]): Promise<Told[]> {
    const { kills, hardship } = this;
    let answered = 0;
    kills.begin();
    return Promise.all(
      wishes.map(async (wish, index) => {
        await kills.mayStart(index);
        const told = await this.client(credential).send(wish);
        kills.requestAnswered();
        if (++answered % 100 === 0) hardship.log(`${answered} of ${wishes.length} answered`);
        return told;
      }),
    );
  }

  /** Lets Stripe recover and the workers finish what nobody asks for; counts what they did not finish. */
  async settle(): Promise<Figure[]> {
    const calls = this.stripe.counters.list().map((route) => route.calls);
    const wrong = this.stripe.faults.list().flatMap(({ struck }) => Object.values(struck));
    this.stripe.faults.clear();
    await this.fleet.allUp();
    const running = () => this.count(`select count(*)::int ${UNSETTLED}`);
    const reviewed = "select count(*)::int from operations where state = 'needs-review'";
    const giveUpAt = Date.now() + SETTLES_WITHIN_MS;
    while ((await running()) > 0 && Date.now() < giveUpAt) await delay(POLL_MS);
    for (const row of await this.query(`select * ${UNSETTLED}`))
      this.hardship.log(`does not settle: ${JSON.stringify(row)}`);
    return [
      { what: 'operations that do not settle', count: await running(), expected: 0 },
      { what: 'operations that need a review', count: await this.count(reviewed), expected: 0 },
      { what: 'calls to Stripe', count: sumOf(calls) },
      { what: '  that went wrong', count: sumOf(wrong) },
    ];
  }

  /** Asks the database for one number. */
  async count(query: string): Promise<number> {
    const [row] = await this.query<{ count: number }>(query);
    return row?.count ?? 0;
  }

  private async query<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
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

  async close(): Promise<void> {
    await this.fleet.stop();
    await this.stripe.close();
    await this.postgres.stop();
    await removeFolder(this.folder);
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
