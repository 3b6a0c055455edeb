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
  })
  /** The same ten minutes later, in which each instance deletes unless it still does. */
  .extend('laterActionsOn', ({ actionsOn }) => (objectId: string): Promise<string[]> => {
    vi.advanceTimersByTime(PRUNE_MS);
    return actionsOn(objectId);
  });

describe('entries of the audit log that are older than AUDIT_RETENTION_DAYS', () => {
  it('are deleted, and no others', async ({ admin, clock, keyFrom, actionsOn, laterActionsOn }) => {
    const older = await keyFrom(RETENTION_SECONDS + 1);
    const old = await keyFrom(RETENTION_SECONDS);
    const recent = await keyFrom(RETENTION_SECONDS - DAY_SECONDS);
    await expect.poll(() => laterActionsOn(older)).toEqual([]);
    expect(await actionsOn(old)).toEqual(['key.created']);

    clock.moveSeconds(1);
    await expect.poll(() => laterActionsOn(old)).toEqual([]);
    expect(await actionsOn(recent)).toEqual(['key.created']);
    expect((await admin.get(`/admin/keys/${older}`)).body).toMatchObject({ state: 'active' });
  });

  it('are those that PostgreSQL, too, takes for older, if the clock of an instance is ahead', async ({
    clock,
    keyFrom,
    actionsOn,
    laterActionsOn,
  }) => {
    const older = await keyFrom(RETENTION_SECONDS + 1);
    const recent = await keyFrom(RETENTION_SECONDS - DAY_SECONDS);
    clock.moveSeconds(2 * DAY_SECONDS);
    onTestFinished(() => clock.moveSeconds(-2 * DAY_SECONDS));
    await expect.poll(() => laterActionsOn(older)).toEqual([]);
    expect(await actionsOn(recent)).toEqual(['key.created']);
  });
});
