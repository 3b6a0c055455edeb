import type { ServerResponse } from 'node:http';
import { createSandbox, type Sandbox } from '#sandbox/create-sandbox.js';
import type { FaultKind } from '#sandbox/faults/fault.js';
import type { Interceptor, WireRequest } from '#sandbox/http/pipeline.js';
import type { Moment } from './kill-plan.js';

/** Is asked at each moment of a call whether its caller dies now, and kills it. */
export type Reaper = (instance: number, moment: Moment) => boolean;

const QUICK_FAULTS: readonly [FaultKind, ...FaultKind[]] = [
  'wait',
  'drip',
  'reset_before_effect',
  'reset_after_effect',
  'error_before_effect',
  'error_after_effect',
  'lock_timeout',
  'half_body',
  'bad_json',
];
/** Each of these costs seconds, so they are rarer: 35% of all calls go wrong all the same. */
const SLOW_FAULTS: readonly [FaultKind, ...FaultKind[]] = [
  'silence_before_effect',
  'silence_after_effect',
  'rate_limit',
];
const SLOW_SHARE = 0.03;
const LATE_SHARE = 0.03;
const QUICK_SHARE = 0.31;
const WAIT_MS = 300;
/** Long after the call was repeated and its effect looked for, and long before that is given up. */
const LATE_MS = 4_000;

const KEY = /_instance(\d+)$/;

/** The secret key that an instance signs its calls with, so that they tell who makes them. */
export function secretKeyOf(instance: number): string {
  return `sk_test_instance${instance}`;
}

/** A Stripe outside the service, whose calls decide when their callers die. */
export function startStripe(seed: string, dies: Reaper): Promise<Sandbox> {
  return createSandbox({ seed, intercept: (faults) => withDeaths(faults, dies) });
}

/** Has 35% of all calls go wrong from now on, in every way there is. */
export function addFaults({ faults, counters }: Sandbox): void {
  counters.clear();
  faults.add({ kinds: SLOW_FAULTS, share: SLOW_SHARE });
  faults.add({ kinds: ['error_then_effect'], share: LATE_SHARE, waitMs: LATE_MS });
  faults.add({ kinds: QUICK_FAULTS, share: QUICK_SHARE, waitMs: WAIT_MS });
}

function withDeaths(faults: Interceptor, dies: Reaper): Interceptor {
  return (request, run, raw) => {
    const instance = callerOf(request);
    if (instance === undefined || request.method !== 'POST') return faults(request, run, raw);
    if (dies(instance, 'before the effect')) return undefined;
    const runThenDie = () => {
      const reply = run();
      if (!dies(instance, 'after the effect')) dieOnceSent(raw, () => dies(instance, "after Stripe's reply"));
      return reply;
    };
    return faults(request, runThenDie, raw);
  };
}

function dieOnceSent(raw: ServerResponse, dies: () => boolean): void {
  raw.once('finish', dies);
}

function callerOf({ headers }: WireRequest): number | undefined {
  const [, instance] = KEY.exec(String(headers['authorization'])) ?? [];
  return instance === undefined ? undefined : Number(instance);
}
