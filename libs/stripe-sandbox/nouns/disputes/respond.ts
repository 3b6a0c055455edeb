import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import { lengthOf, type Params } from '../../http/params.js';
import { recordDispute, recordDisputeReversal } from '../balance-transactions/balance-transaction.js';
import { hasOwnEvidence } from './evidence.js';
import type { updateParams } from './params.js';

type Dispute = Stripe.Dispute;

/** How long the bank takes to decide in the sandbox; Stripe's test mode names no time. */
const DECISION_SECONDS = 10;

/** Of all text evidence together. Source: https://docs.stripe.com/api/disputes/update#update_dispute-evidence. */
const MAX_EVIDENCE_LENGTH = 150_000;

/**
 * Stages or submits evidence. Source: https://docs.stripe.com/api/disputes/update.
 * @throws StripeFailure 400 for evidence on a dispute that needs no response, or too much of it
 */
export function updateDispute(ctx: Context, before: Dispute, params: Params<typeof updateParams>): Dispute {
  const { evidence, metadata, submit = evidence !== undefined } = params;
  if (evidence !== undefined || submit) requireResponseAllowed(before);
  const merged = { ...before.evidence, ...evidence };
  requireFittingLength(merged);
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
  if (submit) scheduleDispute(ctx, after, ctx.now(customerOf(ctx, after)) + DECISION_SECONDS);
  return after;
}

/**
 * Accepts the dispute, which loses it. Source: https://docs.stripe.com/api/disputes/close.
 * @throws StripeFailure 400 for a dispute that needs no response
 */
export function closeDispute(ctx: Context, before: Dispute): Dispute {
  requireResponseAllowed(before);
  return endDispute(ctx, before, false);
}

/** Schedules the decision of a dispute that gets no response in time. */
export function scheduleResponseDeadline(ctx: Context, dispute: Dispute): void {
  scheduleDispute(ctx, dispute, dispute.evidence_details.due_by! + 1);
}

/**
 * Decides a dispute: without a response it is lost, else by the text that was submitted.
 * Source: https://docs.stripe.com/testing#evidence.
 */
export function decideDispute(ctx: Context, id: string): void {
  const dispute = ctx.store.disputes.get(id)!;
  if (needsResponse(dispute)) {
    endDispute(ctx, dispute, false, { past_due: true });
    return;
  }
  const text = dispute.evidence.uncategorized_text;
  if (text === 'winning_evidence') endDispute(ctx, dispute, true);
  if (text === 'losing_evidence') endDispute(ctx, dispute, false);
  if (text === 'escalate_inquiry_evidence' && isInquiry(dispute)) escalateInquiry(ctx, dispute);
}

function endDispute(
  ctx: Context,
  before: Dispute,
  isWon: boolean,
  details: Partial<Stripe.Dispute.EvidenceDetails> = {},
): Dispute {
  const isChargeback = !isInquiry(before);
  const outcome = isWon ? 'won' : 'lost';
  const charge = ctx.store.charges.get(before.charge as string)!;
  const returned = isChargeback && isWon ? [recordDisputeReversal(ctx, charge, before)] : [];
  const after = ctx.store.disputes.update(before.id, {
    balance_transactions: [...before.balance_transactions, ...returned],
    evidence_details: { ...before.evidence_details, ...details },
    is_charge_refundable: before.is_charge_refundable || isWon,
    status: isChargeback ? outcome : 'warning_closed',
  });
  schedule(ctx, 'disputes', before.id, { at: null });
  ctx.emit('charge.dispute.closed', after, before);
  if (isChargeback && isWon) ctx.emit('charge.dispute.funds_reinstated', after);
  return after;
}

/** Turns an inquiry into a chargeback. */
function escalateInquiry(ctx: Context, before: Dispute): void {
  const card = { ...before.payment_method_details!.card!, case_type: 'chargeback' as const };
  const charge = ctx.store.charges.get(before.charge as string)!;
  const after = ctx.store.disputes.update(before.id, {
    balance_transactions: [recordDispute(ctx, charge, before)],
    is_charge_refundable: false,
    payment_method_details: { ...before.payment_method_details!, card },
    status: 'needs_response',
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

function requireFittingLength(evidence: Stripe.Dispute.Evidence): void {
  const texts = Object.values(evidence).filter((value) => typeof value === 'string');
  if (texts.reduce((sum, text) => sum + lengthOf(text), 0) <= MAX_EVIDENCE_LENGTH) return;
  throw failures.invalidRequest(
    `The evidence is too long: all fields together can have at most ${MAX_EVIDENCE_LENGTH} characters.`,
    { param: 'evidence' },
  );
}

function scheduleDispute(ctx: Context, dispute: Dispute, at: number): void {
  schedule(ctx, 'disputes', dispute.id, { at, customer: customerOf(ctx, dispute) });
}

const customerOf = ({ store }: Context, { charge }: Dispute): string | null =>
  (store.charges.get(charge as string)?.customer ?? null) as string | null;
