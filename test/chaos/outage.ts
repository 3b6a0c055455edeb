import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { charges } from './charges.js';
import { type Figure, expectNone } from './verdict.js';

const OUTAGES = 5;
const BETWEEN_MS = 500;

/** Charges cards while PostgreSQL is killed repeatedly: callers get `unavailable`, and nothing is lost. */
export async function outage(bench: Bench): Promise<Figure[]> {
  const figures = await charges(bench, () => killPostgres(bench));
  const unavailableCount = bench.answerCounts().get('unavailable') ?? 0;
  return [
    ...figures,
    { what: 'outages of PostgreSQL', count: OUTAGES },
    expectNone('outages without a response `unavailable`', unavailableCount === 0 ? ['all of them'] : []),
  ];
}

/** This process holds a lease of PostgreSQL, which starts it again on the same port. */
async function killPostgres(bench: Bench): Promise<void> {
  for (let outages = 0; outages < OUTAGES; outages += 1) {
    await delay(BETWEEN_MS);
    const pidFile = await readFile(join(bench.databaseFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
    await bench.waitForDatabase();
  }
}
