import { constants } from 'node:os';
import { abortOnSignal } from '../support/abort-on-signal.js';
import { Bench } from './bench.js';
import { PLANTED } from './hostile.js';
import { type Options, optionsOf, USAGE } from './options.js';
import { type Failure, run } from './run.js';

const SHOWN_BYTES = 600;

/** Runs `npm run fuzz`. Returns the exit code: 0 if every answer was right. */
export async function main(args: string[]): Promise<number> {
  const options = optionsOf(args);
  if (!options) {
    write(USAGE);
    return 2;
  }
  const stop = abortOnSignal();
  const bench = new Bench();
  try {
    await bench.open();
    return await report(bench, options, stop);
  } catch (error) {
    if (error !== stop.reason) throw error;
    return 128 + constants.signals[stop.reason as NodeJS.Signals];
  } finally {
    await bench.close();
  }
}

async function report(bench: Bench, options: Options, stop: AbortSignal): Promise<number> {
  write(`fuzz: ${options.requests} requests, seed ${options.seed}`);
  const { tally, failure } = await run(bench, options, stop);
  write(tally.toString());
  const faults = [
    ...tally.unreached.map((name) => `no request of ${name} succeeded`),
    ...(await serviceFaults(bench)),
  ];
  faults.forEach((fault) => write(`WRONG: ${fault}`));
  if (failure) describe(failure, options);
  if (failure || faults.length > 0) return 1;
  write(`all ${options.requests} answers were right`);
  return 0;
}

/** What the service itself did wrong: ended, logged an error, or logged input. */
async function serviceFaults({ service }: Bench): Promise<string[]> {
  const output = service.output();
  const alive = await fetch(`${service.url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
  return [
    ...(alive ? [] : ['the service is not ready after the run']),
    ...(output.match(/^.*"level":[56]0.*$/gm) ?? []).map((line) => `an error in the log: ${line}`),
    ...PLANTED.filter((text) => output.includes(text)).map((text) => `the log contains ${text}`),
  ];
}

function describe({ draft, faults, exchange }: Failure, { requests, seed }: Options): void {
  faults.forEach((fault) => write(`WRONG: ${fault}`));
  write(
    `${draft.operation.name}, credential: ${draft.credential}, changes: ${draft.changes.join(', ') || 'none'}`,
  );
  if (exchange) {
    const { request, answer, stripeCalls } = exchange;
    const headers = request.headers.filter(([name]) => name !== 'authorization');
    write(`> ${request.method} ${cut(request.target)}`);
    headers.forEach(([name, value]) => write(`> ${name}: ${cut(value)}`));
    if (request.body) write(`> ${cut(request.body.toString())}`);
    write(`< ${answer.status} ${JSON.stringify(answer.headers)}\n< ${cut(answer.text)}`);
    write(`calls to Stripe: ${stripeCalls.join(', ') || 'none'}`);
  }
  write(`To repeat: npm run fuzz -- --requests ${requests} --seed ${seed}`);
}

/** Escaped, so that control characters do not reach the terminal. */
function cut(text: string): string {
  return JSON.stringify(text.length > SHOWN_BYTES ? `${text.slice(0, SHOWN_BYTES)}...` : text);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
