import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { type DryRun, DryRunEnd } from '#core/dry-run.js';
import { GuardrailCounters } from './guardrail-counters.store.js';
import type { CountedAmount } from './guardrail-rules.js';
import type { MakePlan, OperationKind, OperationRequest } from './operation.js';
import { identityOf, operationIdOf } from './operation-identity.js';

/**
 * Tries out an operation: it is planned and begins to be sent, and the first call that would change something at Stripe
 * ends it. No operation is stored, so its Idempotency-Key stays unused: docs/adr/0021-dry-runs.md.
 */
@Injectable()
export class OperationRehearsal {
  constructor(
    private readonly counters: GuardrailCounters,
    private readonly clock: Clock,
  ) {}

  /** @throws {DryRunEnd} with what would be sent; a {@link Problem} if the operation would be refused before */
  async run<Plan, Result, Answer>(
    kind: OperationKind<Plan, Result, Answer>,
    request: OperationRequest,
    dryRun: DryRun,
    makePlan: MakePlan<Plan>,
  ): Promise<never> {
    const { actor, context } = request;
    const identity = identityOf({ id: operationIdOf(request), generation: 1 });
    const guardrails = actor.kind === 'user' ? undefined : actor.guardrails;
    let counted: CountedAmount | undefined;
    const plan = await makePlan(identity, (moved) => {
      counted = guardrails && this.counters.check(guardrails, moved);
    });
    if (counted) await this.counters.assertRoom(counted);
    await kind.send(context, plan, identity, this.clock.now());
    throw new DryRunEnd(dryRun.calls);
  }
}
