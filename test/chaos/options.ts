import { parseArgs } from 'node:util';
import { type Scenario, SCENARIOS } from './run-scenario.js';

/** The options of `npm run chaos`. */
export interface Options {
  charges: number;
  kills: number;
  seeds: string[];
  scenarios: Scenario[];
}

/** With fewer charges there are not enough calls for all kills. */
const MIN_CHARGES_PER_KILL = 5;

export const USAGE =
  'usage: npm run chaos -- [--charges 2000] [--kills 200] [--seed SEED]... [--only SCENARIO]...; ' +
  `at least ${MIN_CHARGES_PER_KILL} charges for each kill; scenarios: ${Object.keys(SCENARIOS).join(' ')}`;

/** Reads the arguments. Undefined if they are invalid. */
export function optionsOf(args: string[]): Options | undefined {
  const values = valuesOf(args);
  if (!values) return undefined;
  const [charges, kills] = [Number(values.charges), Number(values.kills)];
  const scenarios = values.only.filter((name): name is Scenario => Object.hasOwn(SCENARIOS, name));
  const areCounts = Number.isInteger(charges) && charges > 0 && Number.isInteger(kills) && kills >= 0;
  const isFine =
    areCounts && charges >= kills * MIN_CHARGES_PER_KILL && scenarios.length === values.only.length;
  return isFine ? { charges, kills, seeds: values.seed, scenarios } : undefined;
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        charges: { type: 'string', default: '2000' },
        kills: { type: 'string', default: '200' },
        seed: { type: 'string', multiple: true, default: ['1', '2', '3'] },
        only: { type: 'string', multiple: true, default: Object.keys(SCENARIOS) },
      },
    }).values;
  } catch {
    return undefined;
  }
}
