import { execFile } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';
import pg from 'pg';
import { payOnPage } from '../support/hosted-page.js';
import { bareEnvironment, ENCRYPTION_KEY } from '../support/service-process.js';
import { auditRecord } from './audit-record.js';
import type { Bench } from './bench.js';
import { settleEvents } from './events.js';
import type { Maker } from './mixed-payments.js';
import { describeOutcome, isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import { makePayers, type Payer } from './payers.js';
import { runAtPace } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { expectNone, type Figure } from './verdict.js';

const run = promisify(execFile);

const HOUR_MS = 60 * 60 * 1000;
const PAYERS = 4;
const LOOKED_UP_SHARE = 0.5;
const SERVICE = 'shop';
/** Minor units. Each payment has another amount. */
const LOWEST_AMOUNT = 1_000;
const REFUND = '1.23';

/** A request and its final response. */
interface Made {
  credential: string;
  outcome: Outcome;
}

/**
 * Replaces the database by a copy of an hour ago, while callers repeat their requests of that hour with the same keys, and
 * after it. They get the same responses, nothing is done twice, and the walk of events and a backfill complete the record.
 */
export async function restoredDatabase(bench: Bench): Promise<Figure[]> {
  const service = await bench.issueKey('service', SERVICE);
  const [early, late] = [await newTenant(bench, 'early'), await newTenant(bench, 'late')];
  const requests = new Requests(bench, service);
  bench.registerWebhook();
  const half = Math.floor(bench.options.requests / 2);
  const earlyPayers = await makePayers(bench, early.key, PAYERS);
  const kept = await requests.make(early, earlyPayers, 0, half);
  await copyDatabase(bench);
  // The users of the lost hour are new, so that their customers are lost too.
  const latePayers = await makePayers(bench, late.key, PAYERS);
  // Stripe repeats its 500 for the key, so these pages are looked up.
  bench.stripe.faults.add({
    method: 'POST',
    path: '/v1/checkout/sessions',
    kinds: ['error_after_effect'],
    share: LOOKED_UP_SHARE,
  });
  addFaults(bench.stripe);
  const lost = await requests.make(late, latePayers, half, bench.options.requests - half);
  await bench.clock.advanceMs(HOUR_MS);

  const all = [...kept, ...lost];
  const isOfLostUser = ({ credential }: Made) => credential === late.key;
  const others = all.filter((made) => !isOfLostUser(made));
  const repeatAll = (made: readonly Made[]) => Promise.all(made.map((one) => repeat(bench, one)));
  const restored = restoreDatabase(bench).then(() => linkCustomers(bench, late, latePayers));
  const [meanwhile] = await Promise.all([repeatAll(others), restored]);
  // The lost database may have answered before it was replaced.
  const repeated = await repeatAll(all);
  const left: Figure[] = [];
  for (const credential of [service, early.key, late.key]) {
    const outcomes = repeated.filter((made) => made.credential === credential).map(({ outcome }) => outcome);
    left.push(...(await settle(bench, credential, outcomes)));
  }
  const paid = paidPages(bench);
  // Such a page is looked up if Stripe repeats an error for its key, and has no URL any more.
  const mayLackPage = lost.filter(({ outcome }) => paid.has(outcome.body?.paymentID));
  const record = [...(await settleEvents(bench)), ...(await auditRecord(bench, service, requests.makers))];
  await backfill(bench);
  return [
    { what: 'requests of the lost hour', count: lost.length },
    { what: 'of these, pages that may have no URL any more', count: mayLackPage.length },
    expectNone('responses that differ during the restore', differing(others, meanwhile, mayLackPage)),
    expectNone('responses that differ after the restore', differing(all, repeated, mayLackPage)),
    ...auditRefunds(bench, all),
    ...left,
    ...record,
    ...(await auditRecord(bench, service, requests.makers)).map(({ what, ...rest }) => ({
      what: `${what}, after a backfill`,
      ...rest,
    })),
  ];
}

interface Tenant {
  name: string;
  key: string;
}

async function newTenant(bench: Bench, name: string): Promise<Tenant> {
  return { name, key: await bench.issueKey('partner', name) };
}

/** Makes payments by saved cards and on Checkout pages, and refunds. */
class Requests {
  readonly makers = new Map<string, Maker>();

  constructor(
    private readonly bench: Bench,
    private readonly service: string,
  ) {}

  async make(tenant: Tenant, payers: readonly Payer[], first: number, count: number): Promise<Made[]> {
    const indexes = Array.from({ length: count }, (_, offset) => first + offset);
    const made = await runAtPace(
      this.bench,
      indexes.map((index) => () => this.makeOne(tenant, payers[index % payers.length]!, index)),
    );
    return made.flat();
  }

  private async makeOne(tenant: Tenant, payer: Payer, index: number): Promise<Made[]> {
    const name = `payment-${index}`;
    switch (index % 4) {
      case 0:
        return [await this.checkout(name, index)];
      case 1:
        return [await this.charge(tenant, payer, name, index, 'bad')];
      case 2:
        return [await this.charge(tenant, payer, name, index, 'good')];
      default:
        return this.chargeAndRefund(tenant, payer, name, index);
    }
  }

  private charge(
    tenant: Tenant,
    { user, ...cards }: Payer,
    name: string,
    index: number,
    card: 'good' | 'bad',
  ) {
    const caller = `partner:${tenant.name}`;
    this.makers.set(name, { caller, tenant: caller, userId: user, shopTransactionID: null });
    return this.send(tenant.key, {
      name,
      path: `/partners/user/${user}/payment_intent`,
      body: { amount: LOWEST_AMOUNT + index, description: name, stripe_payment_method_id: cards[card] },
    });
  }

  private async chargeAndRefund(tenant: Tenant, payer: Payer, name: string, index: number): Promise<Made[]> {
    const charged = await this.charge(tenant, payer, name, index, 'good');
    const paymentID = charged.outcome.location?.split('/').at(-1);
    const body = { paymentID, amount: REFUND };
    return [charged, await this.send(this.service, { name: `refund of ${name}`, path: '/refund', body })];
  }

  private async checkout(name: string, index: number): Promise<Made> {
    this.makers.set(name, {
      caller: `service:${SERVICE}`,
      tenant: null,
      userId: null,
      shopTransactionID: name,
    });
    const opened = await this.send(this.service, {
      name,
      path: '/pay',
      body: {
        shopTransactionID: name,
        amount: ((LOWEST_AMOUNT + index) / 100).toFixed(2),
        successRedirect: 'https://example.com/ok',
        failureRedirect: 'https://example.com/ko',
      },
    });
    if (!isSuccess(opened.outcome)) throw new Error(`no page: ${describeOutcome(opened.outcome)}`);
    // Every other page stays open.
    if (index % 8 === 0) await payOnPage(opened.outcome.body.redirectToUrl);
    return opened;
  }

  private async send(credential: string, request: PlannedRequest): Promise<Made> {
    return { credential, outcome: await this.bench.client(credential).send(request) };
  }
}

/** A user whose customer is lost gets the same one again with the next SetupIntent, and only then can cards be charged. */
async function linkCustomers(bench: Bench, { key }: Tenant, payers: readonly Payer[]): Promise<void> {
  const ask = ({ user }: Payer) =>
    bench.client(key).send({ name: user, path: `/partners/user/${user}/setup_intent`, body: {} });
  const outcomes = await Promise.all(payers.map(ask));
  const failed = outcomes.filter((outcome) => !isSuccess(outcome)).map(describeOutcome);
  if (failed.length > 0) throw new Error(`no SetupIntent: ${failed.join('; ')}`);
}

async function repeat(bench: Bench, { credential, outcome }: Made): Promise<Made> {
  const key = outcome.attempts.at(-1)?.key;
  return { credential, outcome: await bench.client(credential).send(outcome.request, key) };
}

/** The ids of the pages that are paid. */
function paidPages({ stripe }: Bench): ReadonlySet<unknown> {
  const sessions = [...stripe.store.checkoutSessions.oldestFirst()];
  return new Set(sessions.filter((session) => session.payment_status === 'paid').map(({ id }) => id));
}

/** @param mayLackPage whose page may have no URL any more */
function differing(before: readonly Made[], after: readonly Made[], mayLackPage: readonly Made[]): string[] {
  const partOf = ({ status, location, body }: Outcome) => ({
    status,
    location,
    body: { ...body, instance: undefined, operationId: undefined },
  });
  return before.flatMap((made, index) => {
    const { outcome } = made;
    const [then, now] = [partOf(outcome), partOf(after[index]!.outcome)];
    if (isDeepStrictEqual(then, now)) return [];
    if (mayLackPage.includes(made) && isDeepStrictEqual(withoutPage(then), now)) return [];
    return [`${describeOutcome(outcome)} | now ${JSON.stringify(now)}`];
  });
}

function withoutPage<Part extends Pick<Outcome, 'body'>>(part: Part): Part {
  return part.body.redirectToUrl ? { ...part, body: { ...part.body, redirectToUrl: null } } : part;
}

/** Stripe would accept a second refund of each payment, as much is left of it. */
function auditRefunds({ stripe }: Bench, all: readonly Made[]): Figure[] {
  const refunds = all.filter(({ outcome }) => outcome.request.path === '/refund');
  return [
    {
      what: 'refunds at Stripe',
      count: stripe.ledger.list('refund').length,
      expected: refunds.filter(({ outcome }) => isSuccess(outcome)).length,
    },
    expectNone(
      'refunds that were refused',
      refunds.filter(({ outcome }) => !isSuccess(outcome)).map(({ outcome }) => describeOutcome(outcome)),
    ),
  ];
}

/** Copies the database. Its connections are ended for that, as PostgreSQL copies only a database that nobody uses. */
function copyDatabase(bench: Bench): Promise<void> {
  return withoutConnections(bench, (name) => [`create database ${name}_backup template ${name}`]);
}

/** Puts the copy in the place of the database, under the instances that are running. */
function restoreDatabase(bench: Bench): Promise<void> {
  return withoutConnections(bench, (name) => [
    `alter database ${name} rename to ${name}_lost`,
    `alter database ${name}_backup rename to ${name}`,
  ]);
}

async function withoutConnections(
  { postgres, fleet }: Bench,
  statementsFor: (name: string) => readonly string[],
): Promise<void> {
  // One that starts meanwhile would end, as it does without a database.
  await fleet.allStarted();
  const url = new URL(postgres.url);
  const name = url.pathname.slice(1);
  url.pathname = 'template1';
  const client = new pg.Client(url.href);
  await client.connect();
  try {
    await client.query(`alter database ${name} with allow_connections false`);
    await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [
      name,
    ]);
    for (const statement of statementsFor(name)) await client.query(statement);
    await client.query(`alter database ${name} with allow_connections true`);
  } finally {
    await client.end();
  }
}

/** Reads the account of the last day, as docs/operations.md says. */
async function backfill({ postgres, stripe, clock }: Bench): Promise<void> {
  const day = new Date(clock.nowMs() - 24 * HOUR_MS).toISOString().slice(0, 10);
  await run(process.execPath, ['dist/src/backfill.js', '--since', day], {
    env: {
      ...bareEnvironment(),
      ...clock.environment,
      DATABASE_URL: postgres.url,
      STRIPE_API_BASE: stripe.url,
      STRIPE_SECRET_KEY: 'sk_test_chaos',
      ENCRYPTION_KEY,
      LOG_LEVEL: 'silent',
    },
  });
}
