import { parseArgs } from 'node:util';
import { runScenario, type Scenario, SCENARIOS } from './run-scenario.js';
import { sizeOf } from './sizes.js';
import { failures, tableOf } from './verdict.js';

/** More than a few leases of instances that died one after the other. */
const PATIENCE_MS = 600_000;
const USAGE =
  `usage: npm run chaos -- [--charges 2000] [--kills 200] [--seed SEED]... [--only SCENARIO]...\n` +
  `scenarios: ${Object.keys(SCENARIOS).join(' ')}`;

/** `npm run chaos`; returns the exit code, which is not 0 when any verdict is red. */
export async function main(args: string[]): Promise<number> {
  const { charges, kills, seeds, scenarios } = optionsOf(args);
  let isRed = false;
  for (const seed of seeds) {
    for (const scenario of scenarios) {
      write(`${scenario}, seed ${seed}`);
      const size = sizeOf(scenario, charges, kills);
      const verdict = await runScenario(scenario, { seed, ...size, patienceMs: PATIENCE_MS, log: write });
      write(`\n${tableOf(verdict)}`);
      isRed ||= failures(verdict).length > 0;
    }
  }
  return isRed ? 1 : 0;
}

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      charges: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', multiple: true, default: ['1', '2', '3'] },
      only: { type: 'string', multiple: true, default: Object.keys(SCENARIOS) },
    },
  });
  const [charges, kills] = [Number(values.charges), Number(values.kills)];
  const scenarios = values.only.filter((name): name is Scenario => Object.hasOwn(SCENARIOS, name));
  const isWrong = !(charges > 0 && kills >= 0) || scenarios.length < values.only.length;
  if (isWrong) throw new Error(USAGE);
  return { charges, kills, seeds: values.seed, scenarios };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
