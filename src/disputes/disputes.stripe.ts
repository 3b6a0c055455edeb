import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { invalidField, Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { notFoundIfMissing } from '#stripe/not-found-if-missing.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isMissing, isRefused, refusedParam } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import type { Found } from '../operations/operation.js';
import type { ObservedDispute } from '../payments/dispute-recorder.service.js';
import { paymentDisputeOf } from '../payments/payment-parts.stripe.js';
import {
  type AnsweredDispute,
  answeredDispute,
  type Evidence,
  EVIDENCE_FIELDS,
  type EvidenceCommand,
} from './dispute.js';
import { type EvidenceTrace, proofOfTrace } from './evidence-trace.js';

/** The dispute that is answered, with what the record knows of it. */
export interface DisputePlan {
  disputeId: string;
  paymentId: string;
  currency: string;
  /** Of the record when this was planned; undefined in plans of earlier versions. */
  revision?: number | undefined;
}

/** The evidence that is added to it, with the trace of the operation in its metadata. */
export interface EvidencePlan extends DisputePlan {
  params: Stripe.DisputeUpdateParams & { metadata: EvidenceTrace['change'] };
  isTraceOld?: boolean | undefined;
}

/** A dispute that was answered, with what is recorded of it. */
export interface Answered extends ObservedDispute {
  result: AnsweredDispute;
}

const ANSWERABLE: ReadonlySet<string> = new Set(['needs_response', 'warning_needs_response']);
/** An inquiry that is accepted is closed, as it has taken no money. */
const ACCEPTED: ReadonlySet<string> = new Set(['lost', 'warning_closed']);

/** Calls to Stripe about disputes: https://docs.stripe.com/disputes/api */
@Injectable()
export class DisputesStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The texts that a dispute has as evidence. */
  async evidence(context: RequestContext, disputeId: string): Promise<Evidence> {
    const { evidence } = await this.dispute(context, disputeId);
    const texts = EVIDENCE_FIELDS.flatMap((name) => {
      const text = evidence[name];
      return typeof text === 'string' ? [[name, text] as const] : [];
    });
    return Object.fromEntries(texts);
  }

  /** A dispute that can be answered. @throws {Problem} `invalid-state` unless the bank still waits for an answer, `not-found` */
  async answerable(context: RequestContext, disputeId: string): Promise<Pick<Stripe.Dispute, 'metadata'>> {
    const dispute = await this.dispute(context, disputeId);
    if (!ANSWERABLE.has(dispute.status)) throw new Problem('invalid-state');
    return dispute;
  }

  /** What adds evidence. Stripe would submit it by default. */
  evidencePlan(
    plan: DisputePlan,
    { evidence, isSubmitted }: EvidenceCommand,
    { change, isOld }: EvidenceTrace,
  ): EvidencePlan {
    return { ...plan, params: { evidence, submit: isSubmitted, metadata: change }, isTraceOld: isOld };
  }

  /**
   * @throws {Problem} `invalid-state` if it can't be answered any more, `invalid-request` for what Stripe refuses,
   *   `not-found` if Stripe does not know it any more
   */
  async addEvidence(context: RequestContext, plan: EvidencePlan, idempotencyKey: string): Promise<Answered> {
    try {
      const change = this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.disputes.update(plan.disputeId, plan.params, options),
      );
      return answered(plan, await notFoundIfMissing(change));
    } catch (error) {
      if (!isRefused(error) || isMissing(error)) throw error;
      const dispute = await readAfterRefusal(error, this.dispute(context, plan.disputeId));
      if (proofOf(dispute, plan) === 'done') return answered(plan, dispute);
      const [, field] = /^evidence\[(\w+)\]/.exec(refusedParam(error) ?? '') ?? [];
      if (field !== undefined) throw invalidField(field, 'is refused by Stripe', error);
      throw ANSWERABLE.has(dispute.status) ? error : new Problem('invalid-state', {}, error);
    }
  }

  /** Finds out whether an operation has added its evidence. */
  async findEvidence(context: RequestContext, plan: EvidencePlan): Promise<Found<Answered>> {
    const dispute = await this.dispute(context, plan.disputeId);
    const proof = proofOf(dispute, plan);
    return proof === 'done' ? { result: answered(plan, dispute) } : proof;
  }

  /**
   * Accepts a dispute; succeeds if it is lost already.
   *
   * @throws {Problem} `invalid-state` if it goes on, or is won, `not-found` if Stripe does not know it any more
   */
  async accept(context: RequestContext, plan: DisputePlan, idempotencyKey: string): Promise<Answered> {
    try {
      const change = this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.disputes.close(plan.disputeId, {}, options),
      );
      return answered(plan, await notFoundIfMissing(change));
    } catch (error) {
      if (!isRefused(error) || isMissing(error)) throw error;
      const found = await readAfterRefusal(error, this.findAccepted(context, plan));
      if (typeof found === 'string') throw new Problem('invalid-state', {}, error);
      return found.result;
    }
  }

  /** Finds out whether a dispute is accepted. Nothing else follows from being lost, whoever has accepted it. */
  async findAccepted(context: RequestContext, plan: DisputePlan): Promise<Found<Answered>> {
    const dispute = await this.dispute(context, plan.disputeId);
    return ACCEPTED.has(dispute.status) ? { result: answered(plan, dispute) } : 'not-done';
  }

  /** @throws {Problem} `not-found` if Stripe does not know it, such as after its test data was deleted */
  private dispute(context: RequestContext, id: string): Promise<Stripe.Dispute> {
    return notFoundIfMissing(this.stripe.read(context, (stripe) => stripe.disputes.retrieve(id)));
  }
}

function proofOf(
  { metadata }: Stripe.Dispute,
  { params, isTraceOld }: EvidencePlan,
): ReturnType<typeof proofOfTrace> {
  return proofOfTrace(metadata, { change: params.metadata, isOld: isTraceOld });
}

function answered(
  { paymentId, currency, revision }: DisputePlan,
  answer: Stripe.Response<Stripe.Dispute> | Stripe.Dispute,
): Answered {
  const dispute = paymentDisputeOf(answer);
  return {
    result: answeredDispute({ ...dispute, paymentId, currency }),
    paymentId,
    dispute,
    requestId: requestIdOf(answer),
    revision,
  };
}
