import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { installedPrograms, startInstalledPostgres } from '#embedded-postgres/installed-postgres.js';
import { idOf } from '#stripe/id-of.js';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { createSandbox } from '#sandbox/create-sandbox.js';
import { type Answer, Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { createDatabase, databaseUrl, dropDatabase } from '../support/postgres.js';
import { bareEnvironment, SECRET_KEY, settingsOn, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
/** npm's embedded PostgreSQL has no pg_dump. */
const programs = installedPrograms('pg_dump');
/** With characters that a URL has to encode. */
const PASSWORD = 'p@s%/\\x41 word';
/** Whose customers are in the backup, and whose are not. */
const [KNOWN, NEW] = ['known', 'new'];

/** A request that was made, and the answer to it. */
interface Made {
  repeat: () => Promise<Answer>;
  answer: Answer;
}

test.runIf(programs)(
  'a restored backup, a backfill and the walk of events make up for what came after the backup',
  async () => {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
    const settings = ['fsync=off'];
    const postgres = await startInstalledPostgres({
      programs: programs!,
      folder,
      password: PASSWORD,
      settings,
    });
    onTestFinished(() => postgres.stop());
    await createDatabase(postgres.url, 'paydesk', 'template1');
    const url = databaseUrl(postgres.url, 'paydesk');
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const environment = {
      ...bareEnvironment(),
      PATH: `${programs}:${process.env['PATH']}`,
      ...settingsOn(url, sandbox.url),
      EVENTS_WALK_SECONDS: '10',
    };
    const start = async () => {
      const service = await startService(join(folder, 'data'), environment);
      onTestFinished(async () => void (await service.end('SIGTERM')));
      return service;
    };
    const command = async (program: string, ...args: string[]) =>
      (await run(program, args, { env: environment })).stdout.trim();
    const node = (program: string, ...args: string[]) =>
      command(process.execPath, join('dist/bundle', `${program}.js`), ...args);
    const stripe = createStripeClient(new StripeConnection(SECRET_KEY, sandbox.url));

    let service = await start();
    const [partnerKey, shopKey] = [
      await node('token', 'partner', 'acme'),
      await node('token', 'service', 'shop'),
    ];
    const post = async (credential: string, path: string, body: unknown): Promise<Made> => {
      const key = { 'idempotency-key': randomUUID() };
      // After the restore, this is a request to another process.
      const repeat = () => new Caller(service.url, credential).post(path, body, key);
      const answer = await repeat();
      expect(answer.status).toBeLessThan(300);
      return { repeat, answer };
    };
    const saveCard = async (user: string) => {
      const { answer } = await post(partnerKey, `/partners/user/${user}/setup_intent`, {});
      const [id = ''] = String(answer.body.client_secret).split('_secret_');
      const options = { payment_method: 'pm_card_visa', return_url: 'https://example.com/saved' };
      return idOf((await stripe.setupIntents.confirm(id, options)).payment_method);
    };
    const charge = async (user: string, card: string | undefined, amount: string) =>
      post(partnerKey, `/partners/user/${user}/payment_intent`, {
        amount,
        description: user,
        stripe_payment_method_id: card,
      });
    const paymentOf = ({ answer }: Made) => answer.headers.get('location')?.split('/').at(-1) ?? '';
    const refund = (made: Made) => post(shopKey, '/refund', { paymentID: paymentOf(made), amount: '1.23' });

    const knownCard = await saveCard(KNOWN);
    const kept = [await charge(KNOWN, knownCard, '1000'), await charge(KNOWN, knownCard, '1001')];
    const file = join(folder, 'paydesk.dump');
    const day = new Date().toISOString().slice(0, 10);
    await command('scripts/backup.sh', 'dump', file);
    expect((await stat(file)).mode & 0o077).toBe(0);

    const newCard = await saveCard(NEW);
    const charges = [...kept, await charge(KNOWN, knownCard, '2000'), await charge(NEW, newCard, '2001')];
    const made = [...charges, await refund(charges[0]!), await refund(charges[3]!)];
    await stripe.refunds.create({ payment_intent: paymentOf(charges[1]!), amount: 77 });
    await service.end('SIGKILL');
    await dropDatabase(postgres.url, 'paydesk');

    await createDatabase(postgres.url, 'paydesk', 'template1');
    await command('scripts/backup.sh', 'restore', file);
    await expect(command('scripts/backup.sh', 'restore', file)).rejects.toThrow('already exists');
    expect(await node('backfill', '--since', day)).toMatch(/^complete: \d+ objects$/);

    service = await start();
    for (const { repeat, answer } of made) {
      const again = await repeat();
      expect([again.status, again.headers.get('location')]).toEqual([
        answer.status,
        answer.headers.get('location'),
      ]);
    }
    expect(sandbox.ledger.list('payment_intent')).toHaveLength(charges.length);
    expect(sandbox.ledger.list('refund')).toHaveLength(3);
    // The backfill notifies nobody: the walk does, once of each.
    const told = () =>
      query(
        { databaseUrl: url },
        `select payment_id as id, count(*)::int from notifications where type = 'payment.succeeded' group by 1 order by 1`,
      );
    const once = charges
      .map((one) => ({ id: paymentOf(one), count: 1 }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    await expect.poll(told).toEqual(once);
    for (const one of charges) {
      const { latest_charge: atStripe } = await stripe.paymentIntents.retrieve(paymentOf(one), {
        expand: ['latest_charge'],
      });
      if (atStripe === null || typeof atStripe === 'string') throw new Error('it is expanded');
      const { body } = await new Caller(service.url, shopKey).get(`/pay/payments/${paymentOf(one)}`);
      expect(body).toMatchObject({
        status: 'ACCEPTED',
        amount: decimal(atStripe.amount),
        amountRefunded: decimal(atStripe.amount_refunded),
        caller: 'partner:acme',
      });
    }
    expect(await told()).toEqual(once);
    expect(service.output()).not.toMatch(/"level":[56]0/);
  },
);

function decimal(minorUnits: number): string {
  return (minorUnits / 100).toFixed(2);
}
