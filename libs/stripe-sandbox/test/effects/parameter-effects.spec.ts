import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { allRoutes } from '../../nouns/all-routes.js';
import { decodeForm, type FormValue } from '../../http/form.js';
import type { Route } from '../../http/route.js';
import { LATEST_VERSION } from '../../http/versions.js';
import { startBench } from '../support.js';
import { examplesOf } from './examples.js';
import { knownValues } from './known-values.js';
import { type Leaf, leavesOf, nameOf, valueAt, valuesFor, withValue } from './leaves.js';
import { type Example, type Outcome, tryOut } from './trial.js';
import { fillWorld, type World } from './world.js';
import { WITHOUT_EFFECT } from './without-effect.js';

const random = { next: 0 };

/** The same random numbers in each trial, so that two of them differ only by what was sent. */
function repeatableInt(low: number, high?: unknown): number {
  const [from, to] = typeof high === 'number' ? [low, high] : [0, low];
  // Mulberry32.
  random.next = (random.next + 0x6d2b79f5) | 0;
  let mixed = Math.imul(random.next ^ (random.next >>> 15), 1 | random.next);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return from + (((mixed ^ (mixed >>> 14)) >>> 0) % (to - from));
}

/** A seed for trials, whose ids must not be those of the world. */
const TRIAL_SEED = 20_261_126;

function outcomeOf(
  world: World,
  route: Route,
  example: Example,
  form = decodeForm(example.form ?? ''),
): Outcome {
  random.next = TRIAL_SEED;
  return tryOut(world.bench, route, example, form);
}

/** The `next_page` of a search whose page ends with this id. */
const pageAfter = (id: string): string => Buffer.from(id).toString('base64url');

/**
 * Whether a request shows an effect of a leaf: another value, or none, has another result than the request's own, which
 * is no refusal to read it.
 */
function hasEffect(world: World, route: Route, example: Example, base: Outcome, leaf: Leaf): boolean {
  const { version = LATEST_VERSION } = example;
  const form = decodeForm(example.form ?? '');
  const own = valueAt(form, leaf.path);
  const list = {
    starting_after: base.ids ?? [],
    ending_before: base.ids ?? [],
    page: (base.ids ?? []).map(pageAfter),
  };
  const known = { ...knownValues(world), ...list };
  const differs = (value: FormValue | undefined): boolean => {
    if (value === own) return false;
    const changed = withValue(form, route.params, leaf.path, value, known);
    const { seen, refusal } = outcomeOf(world, route, example, changed);
    const counts = refusal === undefined || (example.compares && refusal.code !== 'parameter_missing');
    return counts === true && seen !== base.seen;
  };
  if (own !== undefined && base.refusal && !example.isRefused) return false;
  if (own !== undefined && differs(undefined)) return true;
  const key = leaf.path.findLast((each) => each !== '0')!;
  return valuesFor(key, leaf.param, known, version).some(differs);
}

const expected = Object.values(WITHOUT_EFFECT).flat();
const routes = allRoutes
  .filter(({ params }) => Object.keys(params).length > 0)
  .map((route) => ({ name: `${route.method} ${route.path}`, route }));

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  // Not `vi.mock`: other specs have imported the modules that use it.
  vi.spyOn(crypto, 'randomInt').mockImplementation(repeatableInt);
  syncBuiltinESMExports();
  world = await fillWorld(await startBench({}, (end) => (close = end)));
});
afterAll(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await close();
});

describe('no parameter is accepted without effect', () => {
  test.for(routes)('$name', ({ name, route }) => {
    const examples = examplesOf(world, name);
    const tried = examples.map((example) => ({ example, base: outcomeOf(world, route, example) }));
    const broken = tried.filter(({ example, base }) => !example.isRefused && base.refusal !== undefined);
    expect(broken.map(({ example, base }) => [example.form, base.refusal])).toEqual([]);
    const unshown = leavesOf(route.params)
      .filter((leaf) => !tried.some(({ example, base }) => hasEffect(world, route, example, base, leaf)))
      .map(({ path }) => `${name} ${nameOf(path)}`);
    const listed = expected.filter((each) => each.startsWith(`${name} `));
    expect(unshown.toSorted()).toEqual(listed.toSorted());
    // Else a difference may be no effect of what was sent.
    const unsteady = tried.filter(({ example, base }) => outcomeOf(world, route, example).seen !== base.seen);
    expect(unsteady.map(({ example }) => example.form)).toEqual([]);
  });

  test('but for those that exist', () => {
    const all = new Set(
      routes.flatMap(({ name, route }) =>
        leavesOf(route.params).map(({ path }) => `${name} ${nameOf(path)}`),
      ),
    );
    expect(expected.filter((each) => !all.has(each))).toEqual([]);
  });
});
