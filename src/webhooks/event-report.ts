import type { EventState } from './event-state.js';

/** What became of an event. */
export interface EventReport {
  id: string;
  type: string;
  /** Null for the few objects that have no id. */
  objectId: string | null;
  state: EventState;
  /** Attempts that have failed. */
  attempts: number;
  receivedAt: Date;
  lastError: string | null;
}

/** Whether Stripe's events arrive and are handled. */
export interface EventsHealth {
  /** When Stripe last delivered an event; null if it never did. */
  lastEventAt: Date | null;
  /** When the last complete walk started; null before the first. */
  lastWalkAt: Date | null;
  /** The age of the oldest event that waits to be handled; 0 if there is none. */
  lagSeconds: number;
  /** How many events only the walk has found. */
  missed: number;
  dead: number;
  ignored: number;
  /** Whether events were lost, because nobody asked for them while Stripe had them. */
  backfillNeeded: boolean;
}
