import { expect } from 'vitest';
import type { Clock } from '#core/clock.js';
import { openDatabase } from '../../src/database/database.js';
import type { NotificationFact } from '../../src/notifications/notification.js';
import { Outbox } from '../../src/notifications/outbox.store.js';
import { NO_TRACING } from '../../src/tracing/tracing.js';
import { query } from './database.js';
import type { Paydesk } from './paydesk.js';

/** What a test says of a notification; the rest does not matter to it. */
export type SomeFact = Partial<NotificationFact> & { subject: string };

/** Commits notifications as a module does that reports changes. */
export async function addNotifications(
  { databaseUrl }: Paydesk,
  clock: Clock,
  facts: readonly SomeFact[],
): Promise<string[]> {
  const database = openDatabase(databaseUrl, () => undefined);
  try {
    return await database.transaction((transaction) =>
      new Outbox(clock, NO_TRACING).add(
        transaction,
        facts.map((fact) => completed(fact, clock)),
      ),
    );
  } finally {
    await database.$client.end();
  }
}

function completed(fact: SomeFact, clock: Clock): NotificationFact {
  const { subject } = fact;
  const owner = { tenant: null, userId: null, caller: null, paymentId: subject };
  const data = { payment: { paymentID: subject, status: 'ACCEPTED' } };
  return { type: 'payment.succeeded', at: clock.now(), data, ...owner, ...fact };
}

/**
 * Attempts all deliveries that are due, one after the other. The worker may have taken one already, as a change wakes it:
 * its end is awaited too.
 */
export async function deliverAll(paydesk: Paydesk): Promise<void> {
  do {
    while (await paydesk.deliverNext());
  } while (await awaitRunning(paydesk));
}

/** Waits for the attempts that the worker has begun; false if there was none. */
async function awaitRunning(paydesk: Paydesk): Promise<boolean> {
  // The lock waits for the statement that takes a delivery.
  const isRunning = async () => {
    const leases = 'select lease_expires_at as until from notification_queues for update';
    return (await query<{ until: Date }>(paydesk, leases)).some(({ until }) => until.getTime() > 0);
  };
  if (!(await isRunning())) return false;
  await expect.poll(isRunning, { timeout: 10_000 }).toBe(false);
  return true;
}
