/** A call that would change something at Stripe. */
export interface PlannedCall {
  method: string;
  path: string;
  /** As they would be sent: nested, and every value a text. */
  params: PlannedParams;
}

export interface PlannedParams {
  [name: string]: string | PlannedParams;
}

/** A request that is only tried out: what it would change at Stripe is collected, and not sent. */
export class DryRun {
  readonly calls: PlannedCall[] = [];
}

/** Ends a dry run. It is an answer, and no failure: what comes next depends on an answer of Stripe's. */
export class DryRunEnd extends Error {
  constructor(readonly calls: readonly PlannedCall[]) {
    super('the dry run has ended');
    this.name = 'DryRunEnd';
  }
}
