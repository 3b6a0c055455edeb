import 'reflect-metadata';
import { DateTime } from 'luxon';
import { Problem } from '#core/problem.js';
import { SystemClock } from '#core/clock.js';
import { callLimits, StripeConnection } from '#stripe/stripe-connection.js';
import { startProgressBar } from './backfill/progress-bar.js';
import { runBackfill } from './backfill/run-backfill.js';
import { bootDatabaseOfMode } from './boot/database.js';
import { exitOnError } from './boot/exit-on-error.js';
import { parseArguments } from './command-line/parse-arguments.js';
import { reasonOf } from './command-line/reason-of.js';
import { loadSettings } from './config/load-settings.js';
import { openDatabase } from './database/database.js';

const USAGE =
  'usage: npm run -s backfill [-- --since DATE]   DATE is a day or an instant, such as 2026-11-01';

/** Reads the whole account, or what has happened since a day, into the record of payments. Notifies nobody. */
async function main(): Promise<void> {
  const { positionals, options } = parseArguments(['since'], USAGE);
  if (positionals.length > 0) throw new Error(USAGE);
  const clock = new SystemClock();
  const since = options.since === undefined ? null : instantOf(options.since, clock.now());
  const settings = loadSettings();
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase } = settings;
  if (!secretKey) throw new Error('STRIPE_SECRET_KEY is not set. In sandbox mode, no event is lost.');
  const connection = new StripeConnection(secretKey, apiBase, [], callLimits(settings.STRIPE_CALLS_MAX));
  const booted = await bootDatabaseOfMode(settings, (line) => process.stderr.write(`${line}\n`));
  const database = openDatabase(booted.url, () => undefined, booted.directUrl);
  const bar = startProgressBar(since, clock.now());
  try {
    const { report } = bar;
    const { itemCount, skipped, wasResumed } = await runBackfill({
      database,
      connection,
      clock,
      mode: settings.MODE,
      since,
      report,
    });
    bar.complete();
    bar.stop();
    process.stdout.write(`${wasResumed ? 'resumed and ' : ''}complete: ${itemCount} objects\n`);
    if (skipped.length > 0) {
      process.stderr.write(`Stripe refused to show ${skipped.length} objects: ${skipped.join(', ')}\n`);
    }
  } catch (error) {
    bar.stop();
    if (!(error instanceof Problem)) throw error;
    throw new Error(`${reasonOf(error)}; run it again to go on`, { cause: error });
  } finally {
    await database.$client.end();
    await booted.stop();
  }
}

function instantOf(text: string, now: Date): Date {
  const instant = DateTime.fromISO(text, { zone: 'utc' });
  if (!instant.isValid || instant.toJSDate() > now) throw new Error(USAGE);
  return instant.toJSDate();
}

await exitOnError(main);
