import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Contender, inMemory, paydesk, type Surroundings } from './contenders.js';
import { measureLatencies, measureRound } from './measure.js';
import { type Options, optionsOf, USAGE } from './options.js';
import { startPostgres } from './postgres.js';
import { type Measured, surroundingsOf, tablesOf } from './report.js';
import { leaveServerCore, type ServerProcess, startProcess } from './start-process.js';
import { untracedBundle } from './untraced-bundle.js';
import { createReaders } from './users.js';

const ROOT = resolve(import.meta.dirname, '../..');
const RESULTS = join(ROOT, 'bench/RESULTS.md');
const STRIPE_DELAY_MS = 100;
const MANY_OPERATIONS = 1_000_000;
const REFERENCE = 'express';

const CONTENDERS: Record<string, Contender> = {
  limit: inMemory('the limit: node:http and undici, no SDK', 'limit.js'),
  express: inMemory('what people run: Express', 'express.js'),
  nest: inMemory('the same with Nest', 'nest.js'),
  'nest-plain': inMemory('Nest without throttler, serializer and interceptor', 'nest.js', 'plain'),
  paydesk: paydesk('Paydesk', ROOT),
  'paydesk-1m': paydesk('Paydesk with 1,000,000 operations', ROOT, { operations: MANY_OPERATIONS }),
};
const OFF = { RATE_LIMITS: 'off', CARD_TESTING_BRAKE: 'off', LOG_LEVEL: 'silent' };
/** Measured only if they are named: they show what a part of Paydesk costs. */
const OTHER_PARTS: Record<string, Contender> = {
  'without-rates': without('RATE_LIMITS'),
  'without-brake': without('CARD_TESTING_BRAKE'),
  'without-log': without('LOG_LEVEL'),
  'without-all': without('RATE_LIMITS', 'CARD_TESTING_BRAKE', 'LOG_LEVEL'),
  'without-tracing': paydesk('Paydesk without the calls for traces', ROOT, { bundle: untracedBundle }),
  'with-traces': paydesk('Paydesk that sends traces', ROOT, { hasTraces: true }),
};
/** Contenders whose latencies are measured too. */
const TIMED = new Set([REFERENCE, 'paydesk', 'baseline']);

function without(...names: (keyof typeof OFF)[]): Contender {
  const settings = Object.fromEntries(names.map((name) => [name, OFF[name]]));
  return paydesk(`Paydesk with ${names.map((name) => `${name}=${OFF[name]}`).join(', ')}`, ROOT, {
    settings,
  });
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  const contenders = chosenContenders(options);
  leaveServerCore();
  const folder = await mkdtemp(join(tmpdir(), 'paydesk-bench-'));
  const postgres = await startPostgres(ROOT);
  const readers = await createReaders();
  try {
    const measuring = measureAll(contenders, { readers, postgres, folder }, options);
    const results = await Promise.race([measuring, signal()]);
    const text = `${surroundingsOf(options, postgres.name)}\n\n${tablesOf(results, STRIPE_DELAY_MS)}\n`;
    process.stdout.write(`\n${text}`);
    if (options.isWritten) await writeFile(RESULTS, `# Results of \`npm run bench\`\n\n${text}`);
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

function chosenContenders({ only, baseline, isSmoke }: Options): [string, Contender][] {
  const usual = {
    ...CONTENDERS,
    ...(baseline !== undefined && { baseline: paydesk(`Paydesk in ${baseline}`, resolve(baseline)) }),
  };
  const all = { ...usual, ...OTHER_PARTS };
  const unknown = only.filter((name) => !(name in all));
  if (unknown.length > 0)
    throw new Error(`${unknown.join(', ')} is none of ${Object.keys(all).join(', ')}\n${USAGE}`);
  if (only.length > 0) return Object.entries(all).filter(([name]) => only.includes(name));
  return Object.entries(usual).filter(([name]) => !(isSmoke && name === 'paydesk-1m'));
}

async function measureAll(
  contenders: readonly [string, Contender][],
  surroundings: Omit<Surroundings, 'stripeUrl'>,
  options: Options,
): Promise<Measured[]> {
  const results = new Map<string, Measured>();
  for (const [name, { title }] of contenders) {
    results.set(name, { title, isReference: name === REFERENCE, rounds: [], latencies: [] });
  }
  for (let round = 1; round <= options.rounds; round += 1) {
    // Each round begins with another one, as the one before may still keep the disk busy.
    const first = (round - 1) % contenders.length;
    const inTurn = [...contenders.slice(first), ...contenders.slice(0, first)];
    for (const [name, contender] of inTurn) {
      await withStripe(0, surroundings, async (all) => {
        const measured = await measureRound(contender, all, options);
        results.get(name)?.rounds.push(measured);
        const { charge, read } = measured;
        log(
          `round ${round}, ${name}: ${charge.cpuUs.toFixed(0)} us a charge, ${read.cpuUs.toFixed(0)} us a read`,
        );
      });
    }
    for (const [name, contender] of inTurn.filter(([each]) => TIMED.has(each))) {
      await withStripe(STRIPE_DELAY_MS, surroundings, async (all) => {
        results.get(name)?.latencies.push(await measureLatencies(contender, all, options));
      });
    }
  }
  return [...results.values()];
}

/** Starts a stub of Stripe for one server, so that all find it equally fresh. */
async function withStripe(
  delayMs: number,
  surroundings: Omit<Surroundings, 'stripeUrl'>,
  use: (all: Surroundings) => Promise<void>,
): Promise<void> {
  const stub: ServerProcess = await startProcess(
    [join(import.meta.dirname, 'stub.js')],
    { STUB_DELAY_MS: String(delayMs), STUB_JWKS: surroundings.readers.jwks },
    { isServer: false },
  );
  try {
    await use({ ...surroundings, stripeUrl: stub.url });
  } finally {
    await stub.stop();
  }
}

/** Rejects when the run is to be stopped. */
async function signal(): Promise<never> {
  const [name] = (await Promise.race(['SIGINT', 'SIGTERM'].map((each) => once(process, each)))) as [string];
  throw new Error(`stopped by ${name}`);
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
