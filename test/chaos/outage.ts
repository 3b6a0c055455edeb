import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { charges } from './charges.js';
import { type Figure, never } from './verdict.js';

const OUTAGES = 5;
const BETWEEN_MS = 500;

/** Charges while PostgreSQL is killed again and again: callers are told, and nothing is lost. */
export async function outage(bench: Bench): Promise<Figure[]> {
  const figures = await charges(bench, () => killPostgres(bench));
  const told = bench.heard().get('unavailable') ?? 0;
  return [
    ...figures,
    { what: 'outages of PostgreSQL', count: OUTAGES },
    never('outages, but nobody was told that the database is away', told === 0 ? ['all of them'] : []),
  ];
}

/** The harness holds PostgreSQL's lease, which starts it again on the same port. */
async function killPostgres(bench: Bench): Promise<void> {
  for (let outages = 0; outages < OUTAGES; outages += 1) {
    await delay(BETWEEN_MS);
    const pidFile = await readFile(join(bench.databaseFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
    await bench.databaseIsBack();
  }
}
