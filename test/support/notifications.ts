import type { Clock } from '#core/clock.js';
import { openDatabase } from '../../src/database/database.js';
import type { NotificationFact } from '../../src/notifications/notification.js';
import { Outbox } from '../../src/notifications/outbox.store.js';
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
      new Outbox(clock).add(
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

/** Attempts all deliveries that are due, one after the other. */
export async function deliverAll(paydesk: Paydesk): Promise<void> {
  while (await paydesk.deliverNext());
}
