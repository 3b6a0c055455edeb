import { constants } from 'node:os';
import { type Options, optionsOf, USAGE } from './options.js';
import { runScenario, type Scenario, SCENARIOS } from './run-scenario.js';
import { sizeOf } from './sizes.js';
import { failures, headlineOf, tableOf, type Verdict } from './verdict.js';

/** More than a few leases of instances that died one after the other. */
const PATIENCE_MS = 600_000;

/** `npm run chaos`; returns the exit code, which is not 0 when any verdict is red. */
export async function main(args: string[]): Promise<number> {
  const options = optionsOf(args);
  if (!options) {
    write(USAGE);
    return 2;
  }
  const stop = new AbortController();
  stopOnSignal(stop);
  try {
    return await runAll(options, stop.signal);
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    write('stopped, and nothing is left behind');
    return 128 + constants.signals[stop.signal.reason as NodeJS.Signals];
  }
}

async function runAll(options: Options, signal: AbortSignal): Promise<number> {
  const verdicts: Verdict[] = [];
  for (const seed of options.seeds)
    for (const scenario of options.scenarios) verdicts.push(await run(scenario, seed, options, signal));
  const red = verdicts.filter((verdict) => failures(verdict).length > 0);
  verdicts.forEach((verdict) => write(headlineOf(verdict)));
  write(`${verdicts.length - red.length} of ${verdicts.length} runs are green`);
  return red.length > 0 ? 1 : 0;
}

async function run(
  scenario: Scenario,
  seed: string,
  { charges, kills }: Options,
  signal: AbortSignal,
): Promise<Verdict> {
  const size = sizeOf(scenario, charges, kills);
  const { requests, kills: wantedKills, instances } = size;
  write(`${scenario}, seed ${seed}: ${SCENARIOS[scenario].proves}`);
  write(`  ${requests} requests, ${wantedKills} kills, ${instances} instances`);
  const startedAtMs = Date.now();
  const log = (line: string) =>
    write(`${String(Math.round((Date.now() - startedAtMs) / 1000)).padStart(5)} s  ${line}`);
  const verdict = await runScenario(scenario, { seed, ...size, patienceMs: PATIENCE_MS, log }, signal);
  write(`\n${tableOf(verdict)}`);
  if (failures(verdict).length > 0) {
    write(`The same faults and kills again, if not the same timing:`);
    write(`  npm run chaos -- --charges ${charges} --kills ${kills} --seed ${seed} --only ${scenario}\n`);
  }
  return verdict;
}

/** Only the first one counts: at a terminal npm hands on the signal that has reached us already. */
function stopOnSignal(stop: AbortController): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) write(`${signal}: stopping what was started`);
      stop.abort(signal);
    });
  }
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
