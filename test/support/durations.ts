export const DAY_SECONDS = 24 * 60 * 60;
/** The wait of a fault that ends by `faults.clear()`. */
export const FOREVER_MS = 600_000;
/** How long Stripe may still process a request that it answered with a 500. */
export const STRIPE_SETTLES_SECONDS = 15;
/** How long a call to Stripe may take, with its retries. */
export const LONGEST_CALL_SECONDS = 22;
/** More than the worker waits before it tries an operation again. */
export const LONGEST_WAIT_SECONDS = 31;
/** The lease of an attempt ends after this time unless it is renewed. */
export const LEASE_SECONDS = 6;
/** Less than a lease; two of these are more than one. */
export const MOST_OF_A_LEASE_SECONDS = 4;
/** How often an attempt renews its lease. */
export const RENEWAL_MS = 2_000;
/** How often a worker looks for what is due. */
export const WORKER_POLL_MS = 1_000;
/** How often rows that are not needed any more are deleted. */
export const PRUNE_MS = 10 * 60 * 1000;
