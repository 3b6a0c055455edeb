import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { paydesk } from './contenders.js';
import { charges, reads } from './load.js';
import { describeMachine } from './machine.js';
import { risePerMinute, type Sample } from './memory-trend.js';
import { startPostgres } from './postgres.js';
import { SocketLoad } from './socket-load.js';
import { leaveServerCore, type ServerProcess, startProcess } from './start-process.js';
import { createReaders } from './users.js';

/**
 * `npm run bench:memory`: how much memory Paydesk needs under charges and reads at saturation, minute by minute, and whether
 * it still grows in the second half.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const CONNECTIONS = 16;
const SAMPLE_MS = 5_000;
const SAMPLES_PER_MINUTE = 60_000 / SAMPLE_MS;
const MEMORY_MAX_MB = 250;
/** Of the second half. A garbage collection may come just before or after a sample. */
const FLAT_RISE_MAX = 0.05;
/** https://github.com/siimon/prom-client#default-metrics */
const HEAP = ['nodejs_heap_size_used_bytes', 'nodejs_heap_size_total_bytes', 'nodejs_external_memory_bytes'];

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);

leaveServerCore();
const folder = await mkdtemp(join(tmpdir(), 'paydesk-bench-'));
const postgres = await startPostgres(ROOT);
const readers = await createReaders();
const metricsPort = await freePort();
const stub: ServerProcess = await startProcess(
  [join(import.meta.dirname, 'stub.js')],
  { STUB_DELAY_MS: '0', STUB_JWKS: readers.jwks },
  { isServer: false },
);
const server = await paydesk('Paydesk', ROOT, { settings: { METRICS_PORT: String(metricsPort) } }).start({
  stripeUrl: stub.url,
  readers,
  postgres,
  folder,
});
try {
  log(describeMachine());
  const loads = await Promise.all(
    [charges(server.apiKey), reads(readers.tokens)].map((requests) =>
      SocketLoad.open(server.url, requests, CONNECTIONS),
    ),
  );
  loads.forEach((load) => load.saturate(CONNECTIONS));
  const counting = Promise.all(loads.map((load) => load.count(minutes * 60)));
  const samples = await takeSamples();
  const [charged, read] = (await counting).map(({ counts }) => JSON.stringify(counts));
  await Promise.all(loads.map((load) => load.stop()));
  loads.forEach((load) => load.close());
  log(`charges by status: ${charged}, reads: ${read}`);
  judge(samples.slice(samples.length / 2));
} finally {
  await server.stop();
  await stub.stop();
  await postgres.stop();
  await rm(folder, { recursive: true });
}

/** One every few seconds, and a line each minute. */
async function takeSamples(): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (samples.length < minutes * SAMPLES_PER_MINUTE) {
    await delay(SAMPLE_MS);
    samples.push({ minute: (samples.length + 1) / SAMPLES_PER_MINUTE, memoryMb: server.memoryMb() });
    if (samples.length % SAMPLES_PER_MINUTE > 0) continue;
    const highest = Math.max(...samples.slice(-SAMPLES_PER_MINUTE).map(({ memoryMb }) => memoryMb));
    log(`minute ${samples.length / SAMPLES_PER_MINUTE}: ${highest.toFixed(0)} MB at most, ${await heap()}`);
  }
  return samples;
}

async function heap(): Promise<string> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const [used, total, external] = HEAP.map((name) => {
    const [, bytes = NaN] = new RegExp(`^${name} (\\S+)`, 'm').exec(text) ?? [];
    return (Number(bytes) / 2 ** 20).toFixed(0);
  });
  return `heap ${used} of ${total} MB, external ${external} MB`;
}

function judge(samples: readonly Sample[]): void {
  const highest = Math.max(...samples.map(({ memoryMb }) => memoryMb));
  const rise = risePerMinute(samples);
  const isFlat = (rise * minutes) / 2 < FLAT_RISE_MAX * highest;
  log(
    `second half: ${rise.toFixed(1)} MB a minute, so it is ${isFlat ? 'flat' : 'not flat'}; ` +
      `${highest.toFixed(0)} MB at most, wanted less than ${MEMORY_MAX_MB} MB`,
  );
}

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  listening.close();
  await once(listening, 'close');
  return port;
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
