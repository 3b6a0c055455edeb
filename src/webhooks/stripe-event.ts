import type { RequestContext } from '#core/request-context.js';
import type { EventTarget, TargetKind } from './event-target.js';

/** Calls to Stripe because of events take turns with those of other callers. */
export const EVENTS: RequestContext = { caller: 'events' };

/** What we read from an event of Stripe's. The object in its payload may be out of date, so only ids are read. */
export interface StripeEvent {
  id: string;
  /** https://docs.stripe.com/api/events/types */
  type: string;
  createdAt: Date | undefined;
  /** Undefined for the few objects that have no id, such as a balance. */
  objectId: string | undefined;
  /** What has to be fetched because of it; undefined if its type is not handled. */
  target: EventTarget | undefined;
  /** Whether it happened in our mode and to our account. */
  isOurs: boolean;
}

/** An event that waits for its handler. */
export interface WaitingEvent {
  id: string;
  type: string;
  objectId: string;
  /** When it happened at Stripe; null if that is not known. */
  createdAt: Date | null;
}

/**
 * Handles the events of one kind of object. Events arrive late, repeatedly and out of order, and two events may report
 * the same change. So a handler fetches the object from Stripe, and running it again has no further effect.
 */
export interface EventHandler {
  readonly kinds: readonly TargetKind[];
  /**
   * Handles all events that wait for an object. If it throws, it is called again later, unless Stripe does not know the
   * object.
   */
  handle(objectId: string, events: readonly WaitingEvent[]): Promise<void>;
}
