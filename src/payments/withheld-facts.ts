import type { NotificationType } from '../notifications/notification-types.js';

/** An event of Stripe's because of which something is read. */
export interface SeenEvent {
  id: string;
  type: string;
  /** The object in its payload. */
  objectId?: string;
  /** When it happened at Stripe; null if that is not known. */
  createdAt?: Date | null;
}

/** A fact that was read without a notification, because an event that reports it may still arrive. */
export interface WithheldFact {
  type: NotificationType;
  /** The refund, dispute or invoice that it is about; absent if it is about the payment or the subscription itself. */
  objectId?: string;
  /** ISO 8601 */
  readAt: string;
}

/** Our clock may be behind Stripe's. */
const CLOCK_TOLERANCE_MS = 10 * 60 * 1000;

/** Whether an event is old enough to report what was read at that time. One that was created later reports a later change. */
export function mayReport({ createdAt }: SeenEvent, { readAt }: WithheldFact): boolean {
  return !createdAt || createdAt.getTime() <= Date.parse(readAt) + CLOCK_TOLERANCE_MS;
}

/** The facts that no newer ones about the same thing have overtaken. A dispute is still told to have been opened. */
export function withoutOvertaken<Fact extends WithheldFact>(
  withheld: readonly Fact[],
  newer: readonly WithheldFact[],
): Fact[] {
  const topicOf = ({ type, objectId }: WithheldFact) => `${type.split('.')[0]} ${objectId}`;
  const overtaken = new Set(newer.map(topicOf));
  return withheld.filter((fact) => fact.type === 'dispute.opened' || !overtaken.has(topicOf(fact)));
}
