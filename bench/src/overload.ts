import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { paydesk } from './contenders.js';
import { charges } from './load.js';
import { SocketLoad } from './socket-load.js';
import { describeMachine } from './machine.js';
import { median } from './quantile.js';
import { startPostgres } from './postgres.js';
import { postgresCpu } from './postgres-cpu.js';
import { leaveServerCore, type ServerProcess, startProcess } from './start-process.js';
import { createReaders } from './users.js';

/**
 * `npm run bench:overload`: how many charges a second succeed while many more arrive. The peak, of clients that wait for each
 * answer, and the overload are measured in turns, as other processes may slow down either of them.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const CONNECTIONS_OPEN = 2_000;
const CHARGED = 201;
const REFUSED = 503;
/** From when requests begin to be sent until there are as many as there will be, running and answered. */
const RAMP_MS = 1000;
const WARM_UP_FACTOR = 5;

const { values } = parseArgs({
  options: {
    // Of each turn.
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    // Times the peak.
    factor: { type: 'string', multiple: true, default: ['1', '2', '3', '5'] },
    limit: { type: 'string', default: '200' },
    // Of the peak. One caller may have 200 requests running: with fewer, the server waits for the disk between batches.
    connections: { type: 'string', default: '192' },
    // How long Stripe takes. Without it, the process is what is saturated; with 500, the calls to Stripe are.
    'stripe-ms': { type: 'string', default: '0' },
  },
});
const seconds = Number(values.seconds);
// Connections wait for a while before their first request.
const settings = { EVENT_LOOP_DELAY_MAX_MS: values.limit, REQUEST_TIMEOUT_MS: '600000' };

leaveServerCore();
const folder = await mkdtemp(join(tmpdir(), 'paydesk-bench-'));
const postgres = await startPostgres(ROOT);
const readers = await createReaders();
const stub: ServerProcess = await startProcess(
  [join(import.meta.dirname, 'stub.js')],
  { STUB_DELAY_MS: values['stripe-ms'], STUB_JWKS: readers.jwks },
  { isServer: false },
);
const postgresCpuMs = await postgresCpu(await postgres.createDatabase('bench'));
const server = await paydesk('Paydesk', ROOT, { settings }).start({
  stripeUrl: stub.url,
  readers,
  postgres,
  folder,
});
try {
  log(`before: ${describeMachine()}`);
  await measure();
  log(`after: ${describeMachine()}`);
} finally {
  await server.stop();
  await stub.stop();
  await postgres.stop();
  await rm(folder, { recursive: true });
}

async function measure(): Promise<void> {
  const load = await SocketLoad.open(server.url, charges(server.apiKey), CONNECTIONS_OPEN);
  const peak = () => turn(load, () => load.saturate(Number(values.connections)));
  const { goodput: firstPeak } = await peak();
  // Not measured: Node compiles what runs often, and the first request of each connection costs more than others.
  await turn(load, () => load.sendAtRate(WARM_UP_FACTOR * firstPeak));
  for (const factor of values.factor) {
    const shares: Record<'goodput' | 'perCpu', number[]> = { goodput: [], perCpu: [] };
    let before = await peak();
    log(`${factor}x, in turns with the peak: ${lineOf(before)}`);
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const perSecond = Number(factor) * before.goodput;
      const measured = await turn(load, () => load.sendAtRate(perSecond));
      const after = await peak();
      const goodput = (2 * measured.goodput) / (before.goodput + after.goodput);
      const cpu = (2 * measured.cpuShare) / (before.cpuShare + after.cpuShare);
      shares.goodput.push(goodput);
      shares.perCpu.push(goodput / cpu);
      log(`  ${lineOf(measured)}`);
      log(`    peak after it: ${lineOf(after)}`);
      before = after;
    }
    const goodputs = shares.goodput.toSorted((a, b) => a - b).map(percent);
    log(`  ${percent(median(shares.goodput))} of the peak (${goodputs.join(', ')})`);
    log(`  ${percent(median(shares.perCpu))} for the same CPU time`);
  }
  load.close();
}

/** What was answered in one turn, how many charges a second succeeded, and which shares of a core everything had. */
async function turn(load: SocketLoad, start: () => void) {
  start();
  await delay(RAMP_MS);
  const startMs = performance.now();
  const before = cpuTimesMs();
  const answered = await load.count(seconds);
  const elapsedMs = performance.now() - startMs;
  const [cpuShare = 0, ...otherShares] = cpuTimesMs().map((ms, index) => (ms - before[index]!) / elapsedMs);
  await load.stop();
  const goodput = ((answered.counts[CHARGED] ?? 0) * 1000) / elapsedMs;
  return { answered, goodput, cpuShare, otherShares };
}

/** Of the server, and of what shares the other cores: the load, the stub and PostgreSQL. */
function cpuTimesMs(): number[] {
  const { user, system } = process.cpuUsage();
  return [server.cpuMs(), (user + system) / 1000, stub.cpuMs(), postgresCpuMs()];
}

function lineOf({ answered, goodput, cpuShare, otherShares }: Awaited<ReturnType<typeof turn>>): string {
  const { counts, latenciesMs, lost } = answered;
  const others = Object.entries(counts).filter(([status]) => ![CHARGED, REFUSED].includes(Number(status)));
  return [
    `${goodput.toFixed(0)} charges a second after ${quantiles(latenciesMs[CHARGED])} ms`,
    `${((counts[REFUSED] ?? 0) / seconds).toFixed(0)} refused a second after ${quantiles(latenciesMs[REFUSED])} ms`,
    `${lost} lost`,
    `${percent(cpuShare)} of the core (load, stub and PostgreSQL ${otherShares.map(percent).join(', ')})`,
    ...others.map(([status, count]) => `${count} answered ${status}`),
  ].join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}

/** The median and the 99th percentile. */
function quantiles(sorted: readonly number[] = []): string {
  return [0.5, 0.99].map((share) => sorted[Math.floor(sorted.length * share)]?.toFixed(0) ?? '-').join('/');
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
