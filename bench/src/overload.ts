import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { paydesk } from './contenders.js';
import { charges } from './load.js';
import { type Sent, SocketLoad } from './socket-load.js';
import { describeMachine } from './machine.js';
import { startPostgres } from './postgres.js';
import { postgresCpu } from './postgres-cpu.js';
import { leaveServerCore, type ServerProcess, startProcess } from './start-process.js';
import { createReaders } from './users.js';

/**
 * `npm run bench:overload`: how many charges a second succeed while many more arrive. The peak is measured before and after
 * each rate, with clients that wait for each answer.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const CONNECTIONS_OPEN = 2_000;
const FACTORS = [1, 2, 3, 5];
const CHARGED = 201;
const REFUSED = 503;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    limit: { type: 'string', default: '200' },
    // Of the peak. One caller may have 200 requests running: with fewer, the server waits for the disk between batches.
    connections: { type: 'string', default: '192' },
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
  { STUB_DELAY_MS: '0', STUB_JWKS: readers.jwks },
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
  const saturation = { connections: Number(values.connections), seconds };
  await load.saturate(saturation);
  let before = await account(() => load.saturate(saturation));
  log(`peak: ${lineOf(before)}`);
  for (const factor of FACTORS) {
    const perSecond = factor * before.goodput;
    const measured = await account(() => load.sendAtRate({ perSecond, seconds }));
    const after = await account(() => load.saturate(saturation));
    // Other processes may have slowed down one of them.
    const peak = after.goodput > before.goodput ? after : before;
    before = after;
    const share = (100 * measured.goodput) / peak.goodput;
    const perCpu = (100 * measured.goodput * peak.cpuShare) / (peak.goodput * measured.cpuShare);
    log(`${factor}x: ${lineOf(measured)}`);
    log(`    peak after it: ${lineOf(after)}`);
    log(`    ${share.toFixed(0)}% of the peak, ${perCpu.toFixed(0)}% for the same CPU time`);
  }
  load.close();
}

/** What was sent, how many charges a second succeeded, and which share of its core the server had. */
async function account(send: () => Promise<Sent>) {
  const startMs = performance.now();
  const before = cpuTimesMs();
  const sent = await send();
  const elapsedMs = performance.now() - startMs;
  const goodput = ((sent.counts[CHARGED] ?? 0) * 1000) / elapsedMs;
  const [cpuShare = 0, ...otherShares] = cpuTimesMs().map((ms, index) => (ms - before[index]!) / elapsedMs);
  return { sent, goodput, cpuShare, otherShares };
}

/** Of the server, and of what shares the other cores: the load, the stub and PostgreSQL. */
function cpuTimesMs(): number[] {
  const { user, system } = process.cpuUsage();
  return [server.cpuMs(), (user + system) / 1000, stub.cpuMs(), postgresCpuMs()];
}

function lineOf({ sent, goodput, cpuShare, otherShares }: Awaited<ReturnType<typeof account>>): string {
  const { counts, latenciesMs, lost } = sent;
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
