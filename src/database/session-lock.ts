import { withClient } from './with-client.js';

/**
 * Runs `work` while no other process holds the lock. A lock of the session, because a transaction must not be open while
 * Stripe answers; on a connection of its own, because a pooler may share the others between sessions. PostgreSQL releases
 * it if the process dies: https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 *
 * @param directUrl of the database, without a pooler
 * @param ifHeld runs instead of `work` if another process holds the lock
 */
export function withSessionLock<Result>(
  directUrl: string,
  lock: number,
  work: () => Promise<Result>,
  ifHeld: () => Result,
): Promise<Result> {
  return withClient(directUrl, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      lock,
    ]);
    // The end of the session releases the lock.
    return rows[0]?.locked ? work() : ifHeld();
  });
}
