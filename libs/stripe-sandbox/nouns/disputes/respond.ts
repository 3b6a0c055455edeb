import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { updateParams } from './params.js';
import { hasOwnEvidence } from './evidence.js';

type Dispute = Stripe.Dispute;

/** How long a bank takes to judge here; Stripe's test mode says only that the dispute closes. */
const JUDGED_AFTER_SECONDS = 10;

/** What an inquiry is that has become a chargeback, by https://docs.stripe.com/testing#evidence. */
const ESCALATED = { is_charge_refundable: false, status: 'needs_response' } satisfies Partial<Dispute>;

/**
 * Stages or submits evidence. Source: https://docs.stripe.com/api/disputes/update.
 * @throws StripeFailure 400 for evidence that comes too late
 */
export function updateDispute(ctx: Context, before: Dispute, params: Params<typeof updateParams>): Dispute {
  const { evidence, metadata, submit = evidence !== undefined } = params;
  if (evidence !== undefined || submit) requireResponseAllowed(before);
  const merged = { ...before.evidence, ...evidence };
  const after = ctx.store.disputes.update(before.id, {
    evidence: merged,
    evidence_details: {
      ...before.evidence_details,
      has_evidence: hasOwnEvidence(merged, ctx.store.charges.get(before.charge as string)!),
      ...(submit && {
        submission_count: before.evidence_details.submission_count + 1,
        submission_method: 'manual',
      }),
    },
    metadata: mergeMetadata(before.metadata, metadata),
    ...(submit && { status: isInquiry(before) ? 'warning_under_review' : 'under_review' }),
  });
  ctx.emit('charge.dispute.updated', after, before);
  if (submit) scheduleDispute(ctx, after, ctx.now(customerOf(ctx, after)) + JUDGED_AFTER_SECONDS);
  return after;
}

/**
 * Gives in. Source: https://docs.stripe.com/api/disputes/close.
 * @throws StripeFailure 400 unless it waits for an answer
 */
export function closeDispute(ctx: Context, before: Dispute): Dispute {
  requireResponseAllowed(before);
  return endDispute(ctx, before, false);
}

/** Waits for an answer until the last moment for one. */
export function scheduleResponseDeadline(ctx: Context, dispute: Dispute): void {
  scheduleDispute(ctx, dispute, dispute.evidence_details.due_by! + 1);
}

/** The bank judges what was submitted, or nothing was in time. */
export function decideDispute(ctx: Context, id: string): void {
  const dispute = ctx.store.disputes.get(id)!;
  if (needsResponse(dispute)) {
    endDispute(ctx, dispute, false, { past_due: true });
    return;
  }
  const verdict = dispute.evidence.uncategorized_text;
  if (verdict === 'winning_evidence') endDispute(ctx, dispute, true);
  if (verdict === 'losing_evidence') endDispute(ctx, dispute, false);
  if (verdict === 'escalate_inquiry_evidence' && isInquiry(dispute)) escalate(ctx, dispute);
}

function endDispute(
  ctx: Context,
  before: Dispute,
  isWon: boolean,
  details: Partial<Stripe.Dispute.EvidenceDetails> = {},
): Dispute {
  const hasMovedMoney = !isInquiry(before);
  const outcome = isWon ? 'won' : 'lost';
  const after = ctx.store.disputes.update(before.id, {
    evidence_details: { ...before.evidence_details, ...details },
    is_charge_refundable: before.is_charge_refundable || isWon,
    status: hasMovedMoney ? outcome : 'warning_closed',
  });
  schedule(ctx, 'disputes', before.id, { at: null });
  ctx.emit('charge.dispute.closed', after, before);
  if (hasMovedMoney && isWon) ctx.emit('charge.dispute.funds_reinstated', after);
  return after;
}

function escalate(ctx: Context, before: Dispute): void {
  const card = { ...before.payment_method_details!.card!, case_type: 'chargeback' as const };
  const after = ctx.store.disputes.update(before.id, {
    ...ESCALATED,
    payment_method_details: { ...before.payment_method_details!, card },
  });
  scheduleResponseDeadline(ctx, after);
  ctx.emit('charge.dispute.updated', after, before);
  ctx.emit('charge.dispute.funds_withdrawn', after);
}

const isInquiry = ({ status }: Dispute): boolean => status.startsWith('warning_');

const needsResponse = ({ status }: Dispute): boolean =>
  status === 'needs_response' || status === 'warning_needs_response';

function requireResponseAllowed(dispute: Dispute): void {
  if (needsResponse(dispute)) return;
  throw failures.invalidRequest(`This dispute is ${dispute.status} and can no longer be answered.`);
}

function scheduleDispute(ctx: Context, dispute: Dispute, at: number): void {
  schedule(ctx, 'disputes', dispute.id, { at, customer: customerOf(ctx, dispute) });
}

const customerOf = ({ store }: Context, { charge }: Dispute): string | null =>
  (store.charges.get(charge as string)?.customer ?? null) as string | null;
