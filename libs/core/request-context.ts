import type { DryRun } from './dry-run.js';

/**
 * On whose behalf work is done. It is handed to every function on the way to Stripe: `AsyncLocalStorage` would make Node
 * 20 run a hook for every promise (docs/adr/0015-speed.md).
 */
export interface RequestContext {
  /** Shares Stripe fairly with the other callers. */
  readonly caller: string;
  /** Stripe's ids of the calls so far, for the log line: https://docs.stripe.com/api/request_ids */
  readonly stripeRequestIds?: string[];
  /** Present if the request is only tried out: nothing is changed, neither at Stripe nor here. */
  readonly dryRun?: DryRun;
  /** Whether each request to Stripe is sent once: if stripe-node repeated it, a failure would look like one of an earlier attempt. */
  readonly isSentOnce?: boolean;
}

/** For work that no request waits for, such as that of the operations worker. */
export const BACKGROUND: RequestContext = { caller: 'paydesk' };
