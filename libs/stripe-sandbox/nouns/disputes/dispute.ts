import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';
import { recordDispute } from '../balance-transactions/balance-transaction.js';
import { createFraudWarning } from '../early-fraud-warnings/early-fraud-warning.js';
import type { DisputeKind, TestCard } from '../payment-methods/test-card.js';
import { evidenceFrom } from './evidence.js';
import { scheduleResponseDeadline } from './respond.js';

const DAY_SECONDS = 24 * 60 * 60;

/** Visa's reason codes. The other networks' codes differ. */
const VISA_REASON_CODES: Record<string, string> = { fraudulent: '10.4', product_not_received: '13.1' };

interface DisputeDraft {
  reason: string;
  /** An inquiry withdraws no funds. */
  isInquiry?: boolean;
  eligibility?: Stripe.Dispute.EvidenceDetails.EnhancedEligibility;
}

/** The disputes that each kind of test card opens. Source: https://docs.stripe.com/testing#disputes. */
const DISPUTES: Record<DisputeKind, DisputeDraft[]> = {
  fraudulent: [{ reason: 'fraudulent' }],
  product_not_received: [{ reason: 'product_not_received' }],
  inquiry: [{ reason: 'fraudulent', isInquiry: true }],
  multiple: [{ reason: 'fraudulent' }, { reason: 'fraudulent' }],
  ce3: [
    {
      reason: 'fraudulent',
      eligibility: {
        visa_compelling_evidence_3: {
          required_actions: ['missing_customer_identifiers'],
          status: 'requires_action',
        },
      },
    },
  ],
  compliance: [
    {
      reason: 'noncompliant',
      eligibility: { visa_compliance: { status: 'requires_fee_acknowledgement' } },
    },
  ],
};

/** Disputes a captured charge or reports it as fraud, if its test card says so. */
export function openDisputes(ctx: Context, charge: Stripe.Charge, card: TestCard): void {
  if (card.isReportedAsFraud) createFraudWarning(ctx, charge);
  if (!card.dispute) return;
  for (const draft of DISPUTES[card.dispute]) openDispute(ctx, charge, draft);
}

function openDispute(
  ctx: Context,
  charge: Stripe.Charge,
  { reason, isInquiry = false, eligibility = {} }: DisputeDraft,
): void {
  const created = ctx.now(charge.customer as string | null);
  const brand = charge.payment_method_details!.card!.brand!;
  const visaReasonCode = brand === 'visa' ? (VISA_REASON_CODES[reason] ?? null) : null;
  ctx.store.charges.update(charge.id, { disputed: true });
  const id = newId('dispute');
  const amount = charge.amount_captured;
  const dispute = ctx.store.disputes.insert({
    ...disputeFields(charge, created),
    id,
    amount,
    balance_transactions: isInquiry ? [] : [recordDispute(ctx, charge, { id, amount })],
    enhanced_eligibility_types: Object.keys(eligibility),
    evidence_details: {
      // The end of the eighth day after today, in UTC.
      due_by: (Math.floor(created / DAY_SECONDS) + 9) * DAY_SECONDS - 1,
      enhanced_eligibility: eligibility,
      ...NO_SUBMISSION,
    },
    is_charge_refundable: isInquiry,
    payment_method_details: {
      card: {
        brand,
        case_type: isInquiry ? 'inquiry' : 'chargeback',
        network: brand,
        network_reason_code: isInquiry ? '10' : visaReasonCode,
      },
      type: 'card',
    },
    reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  });
  scheduleResponseDeadline(ctx, dispute);
  ctx.emit('charge.dispute.created', dispute);
  if (!isInquiry) ctx.emit('charge.dispute.funds_withdrawn', dispute);
}

/**
 * Disputes a debit. Its bank honors each dispute of an account holder, so that it is lost from the start.
 * Source: https://docs.stripe.com/payments/sepa-debit#disputed-payments.
 */
export function openDebitDispute(ctx: Context, charge: Stripe.Charge): void {
  ctx.store.charges.update(charge.id, { disputed: true });
  const id = newId('dispute');
  const { amount } = charge;
  const dispute = ctx.store.disputes.insert({
    ...disputeFields(charge, ctx.now(charge.customer as string | null)),
    id,
    amount,
    balance_transactions: [recordDispute(ctx, charge, { id, amount })],
    enhanced_eligibility_types: [],
    evidence_details: { due_by: null, enhanced_eligibility: {}, ...NO_SUBMISSION },
    is_charge_refundable: false,
    reason: 'debit_not_authorized',
    status: 'lost',
  });
  ctx.emit('charge.dispute.created', dispute);
  ctx.emit('charge.dispute.funds_withdrawn', dispute);
  ctx.emit('charge.dispute.closed', dispute);
}

const NO_SUBMISSION = {
  has_evidence: false,
  past_due: false,
  submission_count: 0,
  submission_method: 'not_submitted',
} satisfies Partial<Stripe.Dispute.EvidenceDetails>;

/** The fields that do not depend on the type of payment method. Source: https://docs.stripe.com/api/disputes/object. */
const disputeFields = (charge: Stripe.Charge, created: number) =>
  ({
    object: 'dispute',
    charge: charge.id,
    created,
    currency: charge.currency,
    evidence: evidenceFrom(charge),
    intended_submission_method: null,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
  }) satisfies Partial<Stripe.Dispute>;
