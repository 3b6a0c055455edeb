import type { Clock } from './clock.js';
import { recordEvent, type EventType } from './nouns/events/event.js';
import { react } from './nouns/reactions.js';
import type { Store } from './store/store.js';

/** The request that a piece of work is done for; nulls when the sandbox acts by itself, as time passes. */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  readonly version: string;
}

/** The account as a piece of work finds it. */
export interface Account {
  /** Where the sandbox's own pages are, as the caller reaches it: `http://127.0.0.1:12111`. */
  readonly origin: string;
  /** What a request that names no version gets, and what events are written in. */
  readonly version: string;
}

/** What handlers and state machines work with: the store, the time, and a voice. */
export class Context {
  readonly store: Store;
  readonly cause: Cause;
  readonly origin: string;
  readonly accountVersion: string;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock, cause: Cause, account: Account) {
    this.store = store;
    this.cause = cause;
    this.origin = account.origin;
    this.accountVersion = account.version;
    this.#clock = clock;
  }

  /** Unix seconds: by the customer's test clock if it has one, else by the sandbox's clock. */
  now(customerId?: string | null): number {
    const clockId = customerId ? this.store.customers.get(customerId)?.test_clock : undefined;
    const frozen = typeof clockId === 'string' ? this.store.testClocks.get(clockId) : undefined;
    return frozen?.frozen_time ?? Math.floor(this.#clock.nowMs() / 1000);
  }

  /**
   * Records an event about a resource, with the resource as it was before its `previous_attributes` too, and
   * lets what depends on it follow.
   */
  emit<T extends { id: string }>(type: EventType, resource: T, before?: T): void {
    recordEvent(this, type, resource, before);
    react(this, type, resource);
  }
}
