import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';

/** Callers' requests use the other connections of the pool. */
const CONNECTIONS_MAX = 2;
const FAILURE_CONNECTIONS_MAX = 1;

/**
 * Limits what deliveries do in the database at once, as hundreds of them can end at the same time. A step must not wait for
 * another one.
 */
@Injectable()
export class DeliverySteps {
  private readonly steps = pLimit(CONNECTIONS_MAX);
  private readonly failures = pLimit(FAILURE_CONNECTIONS_MAX);

  /** Runs a step when it is its turn. */
  run<Result>(step: () => Promise<Result>): Promise<Result> {
    return this.steps(step);
  }

  /** Runs what follows a failure, which never delays other steps, however many receivers are dead. */
  runAfterFailure<Result>(step: () => Promise<Result>): Promise<Result> {
    return this.failures(step);
  }
}
