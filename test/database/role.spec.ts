import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { withApiKeyAdmin } from '../../src/command-line/with-api-key-admin.js';
import { settingsFrom } from '../../src/config/settings.js';
import { claimCustomers } from '../../src/database/claim-customers.js';
import { requireMigrated } from '../../src/database/require-migrated.js';
import { checkDatabase } from '../../src/doctor/check-database.js';
import { backfillAccount } from '../support/backfill.js';
import { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSecondInstance } from '../support/second-instance.js';

const [, SECTION = ''] =
  /^## The audit log$([^]*?)^## /m.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];
const [, STATEMENTS = ''] = /^```sql\n([^]*?)^```$/m.exec(SECTION) ?? [];

const it = paydeskTest()
  /** The database of the service for the role that docs/operations.md makes. */
  .extend('database', async ({ paydesk }, { onCleanup }) => {
    const role = `paydesk_${randomUUID().replaceAll('-', '')}`;
    await query(paydesk, STATEMENTS.replaceAll('paydesk_service', role));
    const password = randomBytes(16).toString('hex');
    await query(paydesk, `alter role ${role} password '${password}'`);
    onCleanup(async () => void (await query(paydesk, `drop owned by ${role}; drop role ${role}`)));
    const url = new URL(paydesk.databaseUrl);
    Object.assign(url, { username: role, password });
    return { databaseUrl: url.href };
  })
  .extend('instance', async ({ paydesk, clock, database }, { onCleanup }) => {
    const instance = await startSecondInstance({ ...paydesk, ...database }, clock);
    onCleanup(() => instance.close());
    return instance;
  });

/** The settings of a command beside the service. */
const settingsOn = (databaseUrl: string) =>
  settingsFrom({ DATABASE_URL: databaseUrl, MIGRATE_ON_START: 'false' });

describe('under a role that does not own the tables, the service', () => {
  it('starts, charges, and records changes', async ({ paydesk, partner, shop, instance, database }) => {
    await requireMigrated(database.databaseUrl);
    await claimCustomers(database.databaseUrl, paydesk.settings.MODE);
    const [user, caller] = [someUser(), new Caller(instance.url, partner.credential)];
    const card = await saveCard(paydesk, caller, user);
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect((await caller.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(201);
    const linked = await new Caller(instance.url, shop.credential).put(`/customers/${user}`, {
      name: 'Jenny',
    });
    expect(linked.status).toBe(200);
  });

  it('is backfilled', async ({ paydesk, clock, database }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: redirects.successRedirect,
    });
    const { skipped } = await backfillAccount({ ...paydesk, ...database }, clock);
    expect(skipped).toEqual([]);
    const recorded = 'select status from payments where payment_intent_id = $1';
    expect(await query(paydesk, recorded, [id])).toEqual([{ status: 'ACCEPTED' }]);
  });

  it('gets keys from the command line, without a migration', async ({ database: { databaseUrl } }) => {
    const author = { caller: 'operator:test', address: 'command line' };
    const key = { kind: 'service', name: 'crm', scopes: ['customers:read'] } as const;
    const rotated = await withApiKeyAdmin(settingsOn(databaseUrl), async (admin) => {
      const issued = await admin.create(author, key);
      return admin.rotate(author, issued.key.id, 0);
    });
    expect(rotated.key).toMatchObject(key);
    const migrating = settingsFrom({ DATABASE_URL: databaseUrl });
    await expect(withApiKeyAdmin(migrating, (admin) => admin.create(author, key))).rejects.toThrow(/42501/);
  });

  it('is checked by the doctor', async ({ database: { databaseUrl } }) => {
    const findings = await checkDatabase(settingsOn(databaseUrl));
    expect(findings.map(({ check, result }) => [check, result])).toEqual([
      ['database', 'ok'],
      ['migrations', 'ok'],
      ['customers', 'ok'],
    ]);
  });

  it('can delete old entries of the audit log, and cannot make PostgreSQL forget recent ones', async ({
    paydesk,
    database,
  }) => {
    const old = "object_id = 'old'";
    await query(
      database,
      `insert into audit_log (at, caller, address, action, object_id, details)
       values (now() - interval '367 days', 'stripe', 'stripe', 'customer.unlinked', 'old', '{}')`,
    );
    await query(database, `delete from audit_log where ${old}`);
    expect(await query(paydesk, `select id from audit_log where ${old}`)).toEqual([]);
    await paydesk.service('audited');
    await expect(query(database, 'delete from audit_log')).rejects.toThrow(/audit_log is append only/);
    for (const change of ['disable trigger all', 'add column note text']) {
      await expect(query(database, `alter table audit_log ${change}`)).rejects.toThrow(/must be owner/);
    }
    await expect(query(database, 'drop trigger audit_log_keep_recent on audit_log')).rejects.toThrow(
      /must be owner/,
    );
    await expect(query(database, 'truncate audit_log')).rejects.toThrow(/permission denied/);
    await expect(query(database, 'drop table audit_log')).rejects.toThrow(/must be owner/);
  });
});
