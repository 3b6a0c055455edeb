import type { ServerResponse } from 'node:http';
import type { Interceptor, Outcome, WireRequest } from '../http/pipeline.js';
import type { Reply } from '../http/reply.js';
import { matchesPath, type FaultKind, type FaultRule } from './fault.js';
import { inject } from './inject.js';
import { Pauses } from './pauses.js';
import { SeededRandom } from './random.js';

/** A rule, and how often it has struck. */
export interface PlannedFault extends FaultRule {
  id: number;
  struck: Partial<Record<FaultKind, number>>;
}

interface Plan {
  fault: PlannedFault;
  random: SeededRandom;
  left: number;
}

/** What is to go wrong. The same seed, rules and order of calls make the same calls go wrong in the same way. */
export class Faults {
  readonly #seed: string;
  readonly #pauses = new Pauses();
  #plans: Plan[] = [];
  #added = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Plans a fault; of the rules that match a call the first that strikes is taken. */
  add(rule: FaultRule): PlannedFault {
    const id = ++this.#added;
    const fault = { ...rule, id, struck: {} };
    const random = new SeededRandom(rule.seed ?? `${this.#seed}/${id}`);
    const left = rule.times ?? (rule.share === undefined ? 1 : Infinity);
    this.#plans.push({ fault, random, left });
    return fault;
  }

  list(): PlannedFault[] {
    return this.#plans.map(({ fault }) => fault);
  }

  /** Lets calls and effects that wait carry on at once. */
  release(): void {
    this.#pauses.release();
  }

  /** Forgets every rule, and releases what waits. */
  clear(): void {
    this.#plans = [];
    this.#added = 0;
    this.release();
  }

  readonly intercept: Interceptor = (
    request: WireRequest,
    run: () => Reply,
    raw: ServerResponse,
  ): Outcome | Promise<Outcome> => {
    for (const plan of this.#plans) {
      const kind = strike(plan, request);
      if (kind) return inject(kind, plan.fault, { run, raw, pauses: this.#pauses });
    }
    return run();
  };
}

/** Draws whether, and how, a plan strikes a call. */
function strike(plan: Plan, { method, path }: WireRequest): FaultKind | undefined {
  const { fault, random } = plan;
  if (fault.method !== undefined && fault.method !== method) return undefined;
  if (fault.path !== undefined && !matchesPath(fault.path, path)) return undefined;
  if (plan.left === 0 || (fault.share !== undefined && random.next() >= fault.share)) return undefined;
  plan.left -= 1;
  const kind = random.pick(fault.kinds);
  fault.struck[kind] = (fault.struck[kind] ?? 0) + 1;
  return kind;
}
