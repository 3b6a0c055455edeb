import { describe, expect, vi } from 'vitest';
import { Caller } from '../support/caller.js';
import { query, withLock } from '../support/database.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSecondInstance } from '../support/second-instance.js';

const ROUTE = '/customers/somebody';
/** What ROUTE answers to a key that is valid. */
const ACCEPTED = 404;

const it = paydeskTest()
  .extend('second', { scope: 'file' }, async ({ paydesk, clock }, { onCleanup }) => {
    const second = await startSecondInstance(paydesk, clock);
    onCleanup(second.close);
    return second;
  })
  /** The statuses that both instances answer with to a key. */
  .extend('statuses', ({ paydesk, second }) => (key: Caller) => {
    const callers = [paydesk.url, second.url].map((url) => new Caller(url, key.credential));
    return Promise.all(callers.map(async (caller) => (await caller.get(ROUTE)).status));
  });

describe('a change to a key', () => {
  it('reaches every instance at once, where the key is cached', async ({ paydesk, statuses }) => {
    const key = await paydesk.service('revoked');
    await listeners(paydesk, 2);
    expect(await statuses(key)).toEqual([ACCEPTED, ACCEPTED]);
    await revoke(paydesk, 'revoked');
    await vi.waitFor(async () => expect(await statuses(key)).toEqual([401, 401]));
  });

  it('works within a second if its notification is lost', async ({ paydesk, clock, statuses }) => {
    const key = await paydesk.service('lost');
    expect(await statuses(key)).toEqual([ACCEPTED, ACCEPTED]);
    await query(paydesk, 'alter table api_keys disable trigger api_keys_updated');
    await revoke(paydesk, 'lost');
    await query(paydesk, 'alter table api_keys enable trigger api_keys_updated');
    expect(await statuses(key)).toEqual([ACCEPTED, ACCEPTED]);
    clock.moveSeconds(1);
    expect(await statuses(key)).toEqual([401, 401]);
  });

  it('reaches an instance that has lost its connection, once it is connected again', async ({
    paydesk,
    statuses,
  }) => {
    const keys = [await paydesk.service('during'), await paydesk.service('after')] as const;
    const pids = await listeners(paydesk, 2);
    for (const key of keys) expect(await statuses(key)).toEqual([ACCEPTED, ACCEPTED]);
    await query(paydesk, 'select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
    await revoke(paydesk, 'during');
    await vi.waitFor(async () => expect(await statuses(keys[0])).toEqual([401, 401]), { timeout: 240_000 });

    const newPids = await listeners(paydesk, 2);
    expect(newPids).not.toEqual(pids);
    expect(await statuses(keys[1])).toEqual([ACCEPTED, ACCEPTED]);
    await revoke(paydesk, 'after');
    await vi.waitFor(async () => expect(await statuses(keys[1])).toEqual([401, 401]));
  });
});

describe('a wrong key', () => {
  it('costs no database if it was tried before', async ({ paydesk }) => {
    const wrong = new Caller(paydesk.url, `pdk_service_${'w'.repeat(43)}`);
    expect((await wrong.get(ROUTE)).status).toBe(401);
    await withLock(paydesk, 'lock table api_keys in access exclusive mode', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => wrong.get(ROUTE)));
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    });
  });
});

describe('the last use of a key', () => {
  it('is recorded to the minute, once a minute', async ({ paydesk, clock }) => {
    await query(
      paydesk,
      `create table uses (at timestamptz);
       create function count_use() returns trigger language plpgsql as
         $$ begin insert into uses values (new.last_used_at); return null; end $$;
       create trigger count_use after update on api_keys for each row
         when (new.name = 'used') execute function count_use()`,
    );
    const key = await paydesk.service('used');
    clock.moveSeconds(60 - ((clock.now().getTime() / 1000) % 60));
    const firstMinute = Math.round(clock.now().getTime() / 1000);
    for (let second = 0; second <= 60; second += 20) {
      await key.get(ROUTE);
      await vi.waitFor(async () => {
        const [row] = await query(
          paydesk,
          "select extract(epoch from last_used_at)::int as at from api_keys where name = 'used'",
        );
        expect(row).toEqual({ at: second < 60 ? firstMinute : firstMinute + 60 });
      });
      clock.moveSeconds(20);
    }
    const uses = await query(paydesk, 'select extract(epoch from at)::int as at from uses');
    expect(uses).toEqual([{ at: firstMinute }, { at: firstMinute + 60 }]);
  });

  it('is waited for by no request', async ({ paydesk }) => {
    const key = await paydesk.service('locked');
    await withLock(paydesk, "select id from api_keys where name = 'locked' for update", async () => {
      expect((await key.get(ROUTE)).status).toBe(ACCEPTED);
    });
  });
});

async function revoke(paydesk: Paydesk, name: string): Promise<void> {
  await query(paydesk, 'update api_keys set revoked_at = now() where name = $1', [name]);
}

/** Waits until this many connections listen, and returns their process ids. */
function listeners(paydesk: Paydesk, count: number): Promise<number[]> {
  return vi.waitFor(
    async () => {
      const rows = await query<{ pid: number }>(
        paydesk,
        `select pid from pg_stat_activity where datname = current_database()
           and application_name = 'paydesk-listener' and state = 'idle' and query like 'listen%' order by pid`,
      );
      expect(rows).toHaveLength(count);
      return rows.map(({ pid }) => pid);
    },
    { timeout: 240_000 },
  );
}
