import { StripeConnection } from '#stripe/stripe-connection.js';
import type { BackfillProgress, BackfillResult } from '../../src/backfill/backfill.js';
import { runBackfill } from '../../src/backfill/run-backfill.js';
import { openDatabase } from '../../src/database/database.js';
import type { ManualClock } from './manual-clock.js';
import type { Paydesk } from './paydesk.js';

/** Runs a backfill, as another process does. */
export async function backfillAccount(
  { databaseUrl, sandbox, settings }: Paydesk,
  clock: ManualClock,
  since: Date | null = null,
  report: (progress: BackfillProgress) => void = () => undefined,
): Promise<BackfillResult> {
  const database = openDatabase(databaseUrl, () => undefined);
  const connection = new StripeConnection('sk_test_paydesk', sandbox.url);
  try {
    return await runBackfill({
      database,
      connection,
      clock,
      mode: settings.MODE,
      since,
      readsPerSecond: 10_000,
      report,
    });
  } finally {
    await database.$client.end();
  }
}
