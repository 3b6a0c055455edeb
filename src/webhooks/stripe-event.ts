/** Something that happened at Stripe: which object it is about is all we take from an event. */
export interface StripeEvent {
  id: string;
  /** https://docs.stripe.com/api/events/types */
  type: string;
  /** Undefined for the few objects that have none, such as a balance. */
  objectId: string | undefined;
}

/**
 * What is done about a family of events. Events come late, twice, and out of order, also as twins of different ids:
 * a handler asks Stripe how the object is now, and may run any number of times.
 */
export interface EventHandler {
  readonly types: readonly string[];
  /** Whatever it throws, Stripe sends the event again. */
  handle(objectId: string): Promise<void>;
}
