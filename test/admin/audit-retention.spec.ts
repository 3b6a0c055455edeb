import { describe, expect, onTestFinished, vi } from 'vitest';
import { DAY_SECONDS, PRUNE_MS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';

const RETENTION_DAYS = 400;
const RETENTION_SECONDS = RETENTION_DAYS * DAY_SECONDS;

const it = paydeskTest({ workerByHand: true, environment: { AUDIT_RETENTION_DAYS: `${RETENTION_DAYS}` } })
  .extend('admin', { scope: 'file' }, ({ paydesk }) => paydesk.service('admin', { scopes: ['keys:admin'] }))
  /** Creates a key so many seconds ago. */
  .extend('keyFrom', ({ admin, clock }) => async (secondsAgo: number): Promise<string> => {
    clock.moveSeconds(-secondsAgo);
    const request = { kind: 'service', name: 'audited', scopes: ['customers:read'] };
    const { body } = await admin.post('/admin/keys', request);
    clock.moveSeconds(secondsAgo);
    return body.id;
  })
  .extend('actionsOn', ({ admin }) => async (objectId: string): Promise<string[]> => {
    const { body } = await admin.get(`/admin/audit?objectId=${objectId}`);
    return body.data.map(({ action }: { action: string }) => action);
  });

describe('entries of the audit log that are older than AUDIT_RETENTION_DAYS', () => {
  it('are deleted, and no others', async ({ admin, clock, keyFrom, actionsOn }) => {
    const older = await keyFrom(RETENTION_SECONDS + 1);
    const old = await keyFrom(RETENTION_SECONDS);
    const recent = await keyFrom(RETENTION_SECONDS - DAY_SECONDS);
    await vi.advanceTimersByTimeAsync(PRUNE_MS);
    await expect.poll(() => actionsOn(older)).toEqual([]);
    expect(await actionsOn(old)).toEqual(['key.created']);

    clock.moveSeconds(1);
    await vi.advanceTimersByTimeAsync(PRUNE_MS);
    await expect.poll(() => actionsOn(old)).toEqual([]);
    expect(await actionsOn(recent)).toEqual(['key.created']);
    expect((await admin.get(`/admin/keys/${older}`)).body).toMatchObject({ state: 'active' });
  });

  it('stay if a clock that is ahead takes those of the last 366 days for old', async ({
    paydesk,
    clock,
    keyFrom,
    actionsOn,
  }) => {
    const key = await keyFrom(0);
    clock.moveSeconds(RETENTION_SECONDS + 1);
    onTestFinished(() => clock.moveSeconds(-RETENTION_SECONDS - 1));
    await vi.advanceTimersByTimeAsync(PRUNE_MS);
    const warning =
      'Could not delete old entries of the audit log: error: audit_log is append only: DELETE is refused';
    await expect.poll(() => paydesk.log.map(({ msg }) => msg)).toContain(warning);
    expect(await actionsOn(key)).toEqual(['key.created']);
  });
});
