import { parseArgs } from 'node:util';

/** The options of `npm run fuzz`. */
export interface Options {
  requests: number;
  seed: number;
}

const MAX_SEED = 2 ** 31 - 1;
const MAX_REQUESTS = 10_000_000;

export const USAGE =
  'usage: npm run fuzz -- [--requests 20000] [--seed SEED]; ' +
  `requests: 1 to ${MAX_REQUESTS}; seed: 0 to ${MAX_SEED}, random by default`;

/** Reads the arguments. Undefined if they are invalid. */
export function optionsOf(args: string[]): Options | undefined {
  const values = valuesOf(args);
  if (!values) return undefined;
  const requests = wholeNumber(values.requests, MAX_REQUESTS);
  const seed = wholeNumber(values.seed, MAX_SEED);
  return requests && seed !== undefined ? { requests, seed } : undefined;
}

function wholeNumber(text: string, max: number): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number <= max ? number : undefined;
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        requests: { type: 'string', default: '20000' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * MAX_SEED)) },
      },
    }).values;
  } catch {
    return undefined;
  }
}
