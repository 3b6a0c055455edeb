import type Stripe from 'stripe';
import type { Clock } from './clock.js';
import type { Cause } from './store/records.js';
import type { Store } from './store/store.js';

export type EventType = Stripe.Event['type'];

/** Records an event about a resource and makes the changes that follow from it. */
export type Emit = (ctx: Context, type: EventType, resource: object, before?: object) => void;

export interface ContextOptions {
  store: Store;
  clock: Clock;
  emit: Emit;
  cause: Cause;
  /** The base URL of the sandbox's own pages, as the caller reaches it: `http://127.0.0.1:12111`. */
  origin: string;
  /** The API version for requests that name none, and for events. */
  accountVersion: string;
}

/** What handlers and rules work with during one unit of work: the store, the time, and events. */
export class Context {
  readonly store: Store;
  readonly cause: Cause;
  readonly origin: string;
  readonly accountVersion: string;
  readonly #clock: Clock;
  readonly #emit: Emit;

  constructor({ store, clock, emit, cause, origin, accountVersion }: ContextOptions) {
    this.store = store;
    this.cause = cause;
    this.origin = origin;
    this.accountVersion = accountVersion;
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Unix seconds: by the customer's test clock if it has one, else by the sandbox's clock. */
  now(customerId?: string | null): number {
    const clockId = customerId ? this.store.customers.get(customerId)?.test_clock : undefined;
    const frozen = typeof clockId === 'string' ? this.store.testClocks.get(clockId) : undefined;
    return frozen?.frozen_time ?? Math.floor(this.#clock.nowMs() / 1000);
  }

  /**
   * Records an event about a resource and makes the changes that follow from it. With the resource as it was
   * before, the event also gets its `previous_attributes`.
   */
  emit<T extends object>(type: EventType, resource: T, before?: T): void {
    this.#emit(this, type, resource, before);
  }
}
