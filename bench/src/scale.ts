import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { paydesk, type StartedServer } from './contenders.js';
import { charges } from './load.js';
import { describeMachine } from './machine.js';
import { addOperations, startPostgres } from './postgres.js';
import { postgresCpu } from './postgres-cpu.js';
import { SocketLoad } from './socket-load.js';
import { type ServerProcess, startProcess } from './start-process.js';
import { createReaders, PARTNER } from './users.js';

/**
 * `npm run bench:scale`: how many charges a second two instances on one PostgreSQL take compared with one, how much a charge
 * slows down with many rows, and how long it takes to delete old operations. No process is pinned to a core.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const CONNECTIONS = 32;
const CHARGED = 201;
const MANY_OPERATIONS = 1_000_000;
const MANY_CUSTOMERS = 100_000;
const PRUNE_BATCH_SIZE = 1_000;
const PRUNE_BATCHES = 50;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, rounds: { type: 'string', default: '3' } },
});
const seconds = Number(values.seconds);

const folder = await mkdtemp(join(tmpdir(), 'paydesk-bench-'));
const postgres = await startPostgres(ROOT);
const readers = await createReaders();
const stub: ServerProcess = await startProcess(
  [join(import.meta.dirname, 'stub.js')],
  { STUB_DELAY_MS: '0', STUB_JWKS: readers.jwks },
  { isServer: false },
);
const databaseCpuMs = await postgresCpu(await postgres.createDatabase('cpu'));
try {
  log(`before: ${describeMachine()}`);
  await compareInstances();
  await compareRows();
  log(`after: ${describeMachine()}`);
} finally {
  await stub.stop();
  await postgres.stop();
  await rm(folder, { recursive: true });
}

/** Both get the same number of connections in all. */
async function compareInstances(): Promise<void> {
  const database = await startedOn();
  const second = await startedOn(database);
  const instances = [database.server, second.server];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const one = await measure(instances.slice(0, 1), database.apiKey);
    const two = await measure(instances, database.apiKey);
    log(`round ${round}: 1 instance ${one.text}`);
    log(`round ${round}: 2 instances ${two.text}, ${(two.perSecond / one.perSecond).toFixed(2)}x`);
  }
  await Promise.all(instances.map((server) => server.stop()));
}

async function compareRows(): Promise<void> {
  const few = await startedOn();
  const many = await startedOn();
  await addOperations(many.url, MANY_OPERATIONS);
  await addCustomers(many.url);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const empty = await measure([few.server], few.apiKey);
    const full = await measure([many.server], many.apiKey);
    log(`round ${round}: few rows ${empty.text}`);
    const slower = `${(full.medianMs / empty.medianMs).toFixed(2)}x the median`;
    log(
      `round ${round}: many rows ${full.text}, ${slower}, ${(full.cpu / empty.cpu).toFixed(2)}x the CPU time`,
    );
  }
  await few.server.stop();
  log(`deleting old operations: ${await measurePruning(many.url, many.server, many.apiKey)}`);
  await many.server.stop();
}

async function startedOn(other?: { url: string; apiKey: string }) {
  let url = other?.url ?? '';
  const createDatabase = async (name: string) => (url ||= await postgres.createDatabase(name));
  const started: StartedServer = await paydesk('Paydesk', ROOT, { hasCustomers: other !== undefined }).start({
    stripeUrl: stub.url,
    readers,
    postgres: { ...postgres, createDatabase },
    folder: await mkdtemp(join(folder, 'instance-')),
  });
  return { url, apiKey: other?.apiKey ?? started.apiKey, server: started };
}

/** Charges by clients that wait for each answer. The CPU time is that of the instances and of PostgreSQL. */
async function measure(servers: readonly ServerProcess[], apiKey: string) {
  const connections = CONNECTIONS / servers.length;
  const loads = await Promise.all(
    servers.map(({ url }) => SocketLoad.open(url, charges(apiKey), connections)),
  );
  const cpuMs = () => servers.reduce((sum, server) => sum + server.cpuMs(), 0) + databaseCpuMs();
  const cpuBeforeMs = cpuMs();
  loads.forEach((load) => load.saturate(connections));
  const all = await Promise.all(loads.map((load) => load.count(seconds)));
  const usedMs = cpuMs() - cpuBeforeMs;
  await Promise.all(loads.map((load) => load.stop()));
  loads.forEach((load) => load.close());
  const latencies = all.flatMap(({ latenciesMs }) => latenciesMs[CHARGED] ?? []).sort((a, b) => a - b);
  const perSecond = latencies.length / seconds;
  const medianMs = latencies[Math.floor(latencies.length / 2)] ?? NaN;
  const cpu = usedMs / latencies.length;
  const text = `${perSecond.toFixed(0)} charges a second, median ${medianMs.toFixed(1)} ms, ${cpu.toFixed(2)} ms of CPU each`;
  return { perSecond, medianMs, cpu, text };
}

/** Deletes with the statement of `OperationsStore.prune`, which runs only every ten minutes, while the service charges cards. */
async function measurePruning(url: string, server: ServerProcess, apiKey: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const before = await measure([server], apiKey);
  const startMs = performance.now();
  const end = new AbortController();
  const prune = async () => {
    let rows = 0;
    for (let batch = 0; batch < PRUNE_BATCHES && !end.signal.aborted; batch += 1) {
      const { rowCount } = await client.query(
        `delete from operations where id in (
           select id from operations where state = 'done' and created_at < now() - interval '1 day' limit ${PRUNE_BATCH_SIZE})`,
      );
      rows += rowCount ?? 0;
    }
    return { rows, ms: performance.now() - startMs };
  };
  const [{ rows, ms }, during] = await Promise.all([
    prune(),
    measure([server], apiKey).finally(() => end.abort()),
  ]);
  await client.end();
  return `${rows} rows in ${(ms / 1000).toFixed(1)} s; ${before.text} before, ${during.text} meanwhile`;
}

async function addCustomers(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    `insert into customers (tenant, user_id, stripe_customer_id, mode, created_at)
     select 'partner:${PARTNER}', 'many-' || n, 'cus_many_' || n, 'test', now() from generate_series(1, ${MANY_CUSTOMERS}) n`,
  );
  await client.query('vacuum analyze');
  await client.end();
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
