import type { ServerResponse } from 'node:http';
import type { Clock } from '#sandbox/clock.js';
import { createSandbox, type Sandbox } from '#sandbox/create-sandbox.js';
import type { FaultKind } from '#sandbox/faults/fault.js';
import type { Interceptor, WireRequest } from '#sandbox/http/pipeline.js';
import type { Moment } from './kill-plan.js';

/** Called at each moment of a call; kills the calling instance if the plan says so, and returns whether it did. */
export type KillIfPlanned = (instance: number, moment: Moment) => boolean;

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
/** Each of these takes seconds, so they are rarer. */
const SLOW_FAULTS: readonly [FaultKind, ...FaultKind[]] = [
  'silence_before_effect',
  'silence_after_effect',
  'rate_limit',
];
const SLOW_SHARE = 0.03;
const LATE_SHARE = 0.03;
const QUICK_SHARE = 0.31;
const WAIT_MS = 300;
/** Later than the repeated call and the first look-up, but long before the look-ups end. */
const LATE_MS = 4_000;

const KEY = /_instance(\d+)$/;

/** The secret key of an instance, by which the sandbox recognizes its calls. */
export function secretKeyOf(instance: number): string {
  return `sk_test_instance${instance}`;
}

/** Starts a sandbox that kills the calling instance at planned moments of a call. */
export function startStripe(seed: string, clock: Clock, killIfPlanned: KillIfPlanned): Promise<Sandbox> {
  return createSandbox({ seed, clock, intercept: (faults) => withKills(faults, killIfPlanned) });
}

/** Makes 35% of all calls fail or take longer from now on. */
export function addFaults({ faults, counters }: Sandbox): void {
  counters.clear();
  faults.add({ kinds: SLOW_FAULTS, share: SLOW_SHARE });
  faults.add({ kinds: ['error_then_effect'], share: LATE_SHARE, waitMs: LATE_MS });
  faults.add({ kinds: QUICK_FAULTS, share: QUICK_SHARE, waitMs: WAIT_MS });
}

function withKills(faults: Interceptor, killIfPlanned: KillIfPlanned): Interceptor {
  return (request, run, raw) => {
    const instance = callerOf(request);
    if (instance === undefined) return faults(request, run, raw);
    if (request.method !== 'POST') {
      if (killIfPlanned(instance, 'before an object is read')) return undefined;
      killOnceSent(raw, () => killIfPlanned(instance, 'after an object was read'));
      return faults(request, run, raw);
    }
    if (killIfPlanned(instance, 'before the effect')) return undefined;
    const runThenKill = () => {
      const reply = run();
      if (!killIfPlanned(instance, 'after the effect'))
        killOnceSent(raw, () => killIfPlanned(instance, "after Stripe's reply"));
      return reply;
    };
    return faults(request, runThenKill, raw);
  };
}

function killOnceSent(raw: ServerResponse, killIfPlanned: () => boolean): void {
  raw.once('finish', killIfPlanned);
}

function callerOf({ headers }: WireRequest): number | undefined {
  const [, instance] = KEY.exec(String(headers['authorization'])) ?? [];
  return instance === undefined ? undefined : Number(instance);
}
