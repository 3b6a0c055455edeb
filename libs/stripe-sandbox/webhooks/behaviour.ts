import { boolean, fraction, integer, string, type Params } from '../http/params.js';

/** Delivery faults, none by default. Shares are fractions of the events, 0 to 1. */
export const behaviourParams = {
  /** Sent twice. */
  duplicateShare: fraction(),
  /** Never sent. */
  dropShare: fraction(),
  /** Sent `delaySeconds` later (60 by default), by the sandbox's clock. */
  delayShare: fraction(),
  delaySeconds: integer({ min: 0 }),
  /** Sends due events in random order. */
  shuffle: boolean(),
  /** Sends nothing except by a flush. */
  hold: boolean(),
  /** How long to wait for an endpoint's response. */
  timeoutMs: integer({ min: 1 }),
  seed: string(),
};

export type Behaviour = Params<typeof behaviourParams>;
