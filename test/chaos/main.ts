import { constants } from 'node:os';
import { abortOnSignal } from '../support/abort-on-signal.js';
import { type Options, optionsOf, USAGE } from './options.js';
import { runScenario, type Scenario, SCENARIOS } from './run-scenario.js';
import { sizeOf } from './sizes.js';
import { failures, headlineOf, tableOf, type Verdict } from './verdict.js';

/** Longer than several leases of killed instances one after the other. */
const GIVE_UP_AFTER_MS = 600_000;

/** Runs `npm run chaos`. Returns the exit code: 0 if all verdicts are green. */
export async function main(args: string[]): Promise<number> {
  const options = optionsOf(args);
  if (!options) {
    write(USAGE);
    return 2;
  }
  const stop = abortOnSignal();
  try {
    return await runAll(options, stop);
  } catch (error) {
    if (error !== stop.reason) throw error;
    write('stopped everything that was started');
    return 128 + constants.signals[stop.reason as NodeJS.Signals];
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
  const { requests, kills: plannedKills, instances } = size;
  write(`${scenario}, seed ${seed}: ${SCENARIOS[scenario].proves}`);
  write(`  ${requests} requests, ${plannedKills} kills, ${instances} instances`);
  const startedAtMs = Date.now();
  const log = (line: string) =>
    write(`${String(Math.round((Date.now() - startedAtMs) / 1000)).padStart(5)} s  ${line}`);
  const verdict = await runScenario(
    scenario,
    { seed, ...size, giveUpAfterMs: GIVE_UP_AFTER_MS, patienceMs: GIVE_UP_AFTER_MS, log },
    signal,
  );
  write(`\n${tableOf(verdict)}`);
  if (failures(verdict).length > 0) {
    write('To repeat the same faults and kills, though not the same timing:');
    write(`  npm run chaos -- --charges ${charges} --kills ${kills} --seed ${seed} --only ${scenario}\n`);
  }
  return verdict;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
