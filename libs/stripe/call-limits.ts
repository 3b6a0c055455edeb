/** How many calls to Stripe may be under way at once, and how many more may wait for a place. */
export interface CallLimits {
  readsMax: number;
  writesMax: number;
  /** Of either kind; more than this is better told to come again than kept waiting. */
  waitingMax: number;
}

/** Reads and money have room of their own, so that neither can take the other's when Stripe hangs. */
export const CALL_LIMITS: CallLimits = { readsMax: 100, writesMax: 100, waitingMax: 1_000 };
