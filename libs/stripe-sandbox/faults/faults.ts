import type { ServerResponse } from 'node:http';
import type { Interceptor, Outcome, WireRequest } from '../http/pipeline.js';
import type { Reply } from '../http/reply.js';
import { matchesPath, type FaultKind, type FaultRule } from './fault.js';
import { inject } from './inject.js';
import { Pauses } from './pauses.js';
import { SeededRandom } from './random.js';

/** A rule, and how many calls it has made fail, by kind. */
export interface PlannedFault extends FaultRule {
  id: number;
  injected: Partial<Record<FaultKind, number>>;
}

interface Plan {
  fault: PlannedFault;
  random: SeededRandom;
  left: number;
}

/** Fault injection. The same seed, rules and order of calls always give the same faults. */
export class Faults {
  readonly #seed: string;
  readonly #pauses = new Pauses();
  #plans: Plan[] = [];
  #added = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Adds a rule. The first rule that applies to a call decides its fault. */
  add(rule: FaultRule): PlannedFault {
    const id = ++this.#added;
    const fault = { ...rule, id, injected: {} };
    const random = new SeededRandom(rule.seed ?? `${this.#seed}/${id}`);
    const left = rule.times ?? (rule.share === undefined ? 1 : Infinity);
    this.#plans.push({ fault, random, left });
    return fault;
  }

  list(): PlannedFault[] {
    return this.#plans.map(({ fault }) => fault);
  }

  /** Ends all waits: the waiting calls and effects run at once. */
  release(): void {
    this.#pauses.release();
  }

  /** Removes all rules and ends all waits. */
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
      const kind = drawFault(plan, request);
      if (kind) return inject(kind, plan.fault, { run, raw, pauses: this.#pauses });
    }
    return run();
  };
}

/** Decides at random whether a rule applies to a call, and by which kind. */
function drawFault(plan: Plan, { method, path }: WireRequest): FaultKind | undefined {
  const { fault, random } = plan;
  if (fault.method !== undefined && fault.method !== method) return undefined;
  if (fault.path !== undefined && !matchesPath(fault.path, path)) return undefined;
  if (plan.left === 0 || (fault.share !== undefined && random.next() >= fault.share)) return undefined;
  plan.left -= 1;
  const kind = random.pick(fault.kinds);
  fault.injected[kind] = (fault.injected[kind] ?? 0) + 1;
  return kind;
}
