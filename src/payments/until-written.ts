import { Problem } from '#core/problem.js';

/** More than one attempt is needed only if the row is written during each of them. */
const ATTEMPTS_MAX = 5;

/**
 * Reads an object from Stripe and writes its row, again if the row was written by somebody else in the meantime.
 *
 * @param attempt returns undefined if the row has changed since it was read
 * @throws {Problem} `unavailable` if it has changed each time
 */
export async function untilWritten<Row>(attempt: () => Promise<Row | undefined>): Promise<Row> {
  for (let count = 1; count <= ATTEMPTS_MAX; count += 1) {
    const row = await attempt();
    if (row) return row;
  }
  throw new Problem('unavailable');
}
