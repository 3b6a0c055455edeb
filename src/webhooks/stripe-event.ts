/** What we read from an event of Stripe's. The object in its payload may be out of date. */
export interface StripeEvent {
  id: string;
  /** https://docs.stripe.com/api/events/types */
  type: string;
  /** Undefined for the few objects that have no id, such as a balance. */
  objectId: string | undefined;
}

/**
 * Handles a family of events. Events arrive late, repeatedly and out of order, and two events may report the same
 * change. So a handler fetches the object from Stripe, and running it again has no further effect.
 */
export interface EventHandler {
  readonly types: readonly string[];
  /** If it throws, Stripe sends the event again, unless Stripe does not know the object. */
  handle(objectId: string): Promise<void>;
}
