import { groupBy } from './audit.js';
import type { Notification } from './notification.js';
import type { FaultyReceiver, Receipt } from './faulty-receiver.js';
import { expectNone, type Figure } from './verdict.js';

/** An endpoint, and what it has received. */
export interface WatchedEndpoint {
  name: string;
  receiver: FaultyReceiver;
  /** Whether it has to get a notification that is stored. */
  wants: (notification: Notification) => boolean;
}

/** Compares what the endpoints have received with the notifications that are stored. */
export function auditDeliveries(
  endpoints: readonly WatchedEndpoint[],
  stored: readonly Notification[],
): Figure[] {
  const byId = new Map(stored.map((notification) => [notification.id, notification]));
  const isDue = ({ notification: { id } }: Receipt, wants: WatchedEndpoint['wants']) => {
    const notification = byId.get(id);
    return notification !== undefined && wants(notification);
  };
  const all = endpoints.flatMap(({ receiver }) => receiver.receipts);
  const each = (check: (endpoint: WatchedEndpoint) => string[]) =>
    endpoints.flatMap((endpoint) => check(endpoint).map((line) => `${endpoint.name}: ${line}`));
  return [
    { what: 'deliveries', count: all.length },
    { what: '  that were answered', count: all.filter(({ isAnswered }) => isAnswered).length },
    expectNone(
      'notifications that did not arrive',
      each((endpoint) => missing(endpoint, stored)),
    ),
    expectNone(
      'deliveries of what is not stored, or for others',
      each(({ receiver, wants }) =>
        receiver.receipts.filter((receipt) => !isDue(receipt, wants)).map(describe),
      ),
    ),
    expectNone(
      'notifications with several ids or bodies',
      [...groupBy(all, ({ notification }) => `${notification.subject} ${notification.sequence}`)]
        .filter(([, same]) => new Set(same.map(({ text }) => text)).size > 1)
        .map(([name]) => name),
    ),
    expectNone(
      'deliveries before an earlier one of the subject',
      each((endpoint) => early(endpoint, stored)),
    ),
    expectNone(
      'deliveries with a wrong signature or id',
      all.filter(({ isGenuine }) => !isGenuine).map(describe),
    ),
  ];
}

function missing({ receiver, wants }: WatchedEndpoint, stored: readonly Notification[]): string[] {
  const answered = new Set(
    receiver.receipts.filter(({ isAnswered }) => isAnswered).map(({ notification }) => notification.id),
  );
  return stored
    .filter((notification) => wants(notification) && !answered.has(notification.id))
    .map(({ type, subject, sequence }) => `${type} ${subject} ${sequence}`);
}

/** The deliveries that were attempted although an earlier notification had not been answered. */
function early({ receiver, wants }: WatchedEndpoint, stored: readonly Notification[]): string[] {
  const bySubject = groupBy(stored.filter(wants), ({ subject }) => subject);
  const isEarly = ({ notification: { subject, sequence }, answeredBefore }: Receipt) =>
    (bySubject.get(subject) ?? []).some(
      (other) => other.sequence < sequence && !answeredBefore.has(other.sequence),
    );
  return receiver.receipts.filter(isEarly).map(describe);
}

function describe({ notification: { id, type, subject, sequence } }: Receipt): string {
  return `${id} ${type} ${subject} ${sequence}`;
}
