import { parseArgs } from 'node:util';
import { runScenario, type Scenario, SCENARIOS } from './run-scenario.js';
import { sizeOf } from './sizes.js';
import { failures, tableOf } from './verdict.js';

const PATIENCE_MS = 180_000;

/** `npm run chaos`; returns the exit code, which is not 0 when any verdict is red. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      charges: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', multiple: true, default: ['1', '2', '3'] },
      only: { type: 'string', multiple: true, default: Object.keys(SCENARIOS) },
    },
  });
  let isRed = false;
  for (const seed of values.seed) {
    for (const scenario of values.only as Scenario[]) {
      const log = (line: string): void => void process.stdout.write(`  ${line}\n`);
      log(`${scenario}, seed ${seed}`);
      const verdict = await runScenario(scenario, {
        seed,
        ...sizeOf(scenario, Number(values.charges), Number(values.kills)),
        patienceMs: PATIENCE_MS,
        log,
      });
      process.stdout.write(`\n${tableOf(verdict)}\n`);
      isRed ||= failures(verdict).length > 0;
    }
  }
  return isRed ? 1 : 0;
}
