import { boolean, fraction, integer, string, type Params } from '../http/params.js';

/** Delivery faults, none by default. Shares are fractions of the events, 0 to 1. */
export const behaviourParams = {
  /** Sent twice. */
  duplicateShare: fraction(),
  /** Sent once to so many times, instead of `duplicateShare`. */
  copiesMax: integer({ min: 1 }),
  /** Never sent. */
  dropShare: fraction(),
  /** Sent `delaySeconds` later (60 by default), by the sandbox's clock. */
  delayShare: fraction(),
  delaySeconds: integer({ min: 0 }),
  /** Sends due events, each copy apart, in random order. */
  shuffle: boolean(),
  /** How many events an endpoint gets at once; 1 by default. */
  concurrency: integer({ min: 1 }),
  /** Sends nothing except by a flush. */
  hold: boolean(),
  /** How long to wait for an endpoint's response. */
  timeoutMs: integer({ min: 1 }),
  seed: string(),
};

export type Behaviour = Params<typeof behaviourParams>;
