import { boolean, fraction, integer, string, type Params } from '../http/params.js';

/** How deliveries go wrong, in JSON; all is well by default. Shares are 0 to 1 of the events. */
export const behaviourParams = {
  /** Told twice. */
  duplicateShare: fraction(),
  /** Never told. */
  dropShare: fraction(),
  /** Told `delaySeconds` later (60 by default), by the sandbox's clock. */
  delayShare: fraction(),
  delaySeconds: integer({ min: 0 }),
  /** What is due is told in another order. */
  shuffle: boolean(),
  /** Nothing is told but by a flush. */
  hold: boolean(),
  /** How long an endpoint may take to answer. */
  timeoutMs: integer({ min: 1 }),
  seed: string(),
};

export type Behaviour = Params<typeof behaviourParams>;
