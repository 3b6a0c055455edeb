import { Injectable } from '@nestjs/common';
import type { ServiceActor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import type { Page } from '#core/page.js';
import type { RequestContext } from '#core/request-context.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { DisputeListService } from '../payments/dispute-list.service.js';
import { DisputeRecorder } from '../payments/dispute-recorder.service.js';
import type { DisputeStatus } from '../payments/payment.js';
import { type AnsweredDispute, answeredDispute, type Evidence, type EvidenceCommand } from './dispute.js';
import { type Answered, type DisputePlan, DisputesStripe, type EvidencePlan } from './disputes.stripe.js';
import { traceOf } from './evidence-trace.js';

/** A request of a service, which alone sees disputes. */
type ServiceRequest = OperationRequest & { actor: ServiceActor };

/** Shows disputes, and answers them. Only payments of the record have any: docs/adr/0026-disputes.md. */
@Injectable()
export class DisputesService {
  private readonly evidenceOperation: OperationRunner<EvidencePlan, AnsweredDispute>;
  private readonly acceptOperation: OperationRunner<DisputePlan, AnsweredDispute>;

  constructor(
    operations: OperationsService,
    private readonly disputes: DisputeListService,
    private readonly stripe: DisputesStripe,
    private readonly recorder: DisputeRecorder,
    private readonly clock: Clock,
  ) {
    this.evidenceOperation = operations.define<EvidencePlan, AnsweredDispute, Answered>({
      name: 'dispute-evidence',
      send: (context, plan, { stripeKey }) => stripe.addEvidence(context, plan, stripeKey),
      find: async (context, plan) => stripe.findEvidence(context, await this.withRevision(plan)),
      resultOf: ({ result }) => result,
      record: (transaction, answered, operation) => recorder.recordOutcome(transaction, answered, operation),
    });
    this.acceptOperation = operations.define<DisputePlan, AnsweredDispute, Answered>({
      name: 'dispute-accept',
      send: (context, plan, { stripeKey }) => stripe.accept(context, plan, stripeKey),
      find: async (context, plan) => stripe.findAccepted(context, await this.withRevision(plan)),
      resultOf: ({ result }) => result,
      record: (transaction, answered, operation) => recorder.recordOutcome(transaction, answered, operation),
    });
  }

  /** Lists disputes, newest first, as {@link DisputeListService.list} does. */
  async list(
    actor: ServiceActor,
    status: DisputeStatus | undefined,
    limit: number,
    cursor?: string,
  ): Promise<Page<AnsweredDispute>> {
    const { items, hasMore } = await this.disputes.list(actor, status, limit, cursor);
    return { items: items.map(answeredDispute), hasMore };
  }

  /** A dispute of the record, with the evidence that Stripe has. @throws {Problem} `not-found` */
  async find(
    context: RequestContext,
    actor: ServiceActor,
    disputeId: string,
  ): Promise<{ dispute: AnsweredDispute; evidence: Evidence }> {
    const dispute = answeredDispute(await this.disputes.find(actor, disputeId));
    return { dispute, evidence: await this.stripe.evidence(context, disputeId) };
  }

  /**
   * Adds evidence to a dispute, and sends it to the bank if the command says so.
   *
   * @throws {Problem} `invalid-state` unless the bank waits for an answer, `not-found`
   */
  addEvidence(request: ServiceRequest, command: EvidenceCommand): Promise<Outcome<AnsweredDispute>> {
    return this.evidenceOperation.run(request, async ({ operationId }) => {
      const { plan, metadata } = await this.plan(request, command.disputeId);
      const trace = traceOf(metadata, operationId, this.clock.now());
      return this.stripe.evidencePlan(plan, command, trace);
    });
  }

  /** Accepts a dispute, which is lost then. @throws {Problem} as {@link addEvidence} does */
  accept(request: ServiceRequest, disputeId: string): Promise<Outcome<AnsweredDispute>> {
    return this.acceptOperation.run(request, async () => (await this.plan(request, disputeId)).plan);
  }

  /** What every answer to a dispute plans, and the metadata that the dispute has. */
  private async plan(
    { context, actor }: ServiceRequest,
    disputeId: string,
  ): Promise<{ plan: DisputePlan; metadata: Readonly<Record<string, string>> }> {
    const { paymentId, currency } = await this.disputes.find(actor, disputeId);
    const plan = await this.withRevision({ disputeId, paymentId, currency });
    const { metadata } = await this.stripe.answerable(context, disputeId);
    return { plan, metadata };
  }

  /** With the revision of the record from before Stripe is asked. */
  private async withRevision<Plan extends DisputePlan>(plan: Plan): Promise<Plan> {
    return { ...plan, revision: await this.recorder.revision(plan.paymentId) };
  }
}
