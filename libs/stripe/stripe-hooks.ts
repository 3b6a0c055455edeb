import type { HttpClient } from './bounded-http-client.js';
import type { StripeObserver } from './observed-http-client.js';

/** What the rest of the process does with each request to Stripe. */
export interface StripeHooks {
  /** Called for each request that is sent. */
  observe?: StripeObserver;
  /** Wraps the client that sends them. */
  wrap?: (client: HttpClient) => HttpClient;
}

/** Injection token of the {@link StripeHooks}. */
export const STRIPE_HOOKS = Symbol('STRIPE_HOOKS');
