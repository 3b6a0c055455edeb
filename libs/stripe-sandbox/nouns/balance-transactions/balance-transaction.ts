import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { isScheduled, schedule } from '../../due.js';
import { newId } from '../../store/ids.js';
import { testCardOf } from '../payment-methods/payment-method.js';
import { currentBalance } from './balance.js';
import { chargeFeeMinor, DISPUTE_FEE_MINOR } from './fees.js';

const DAY_SECONDS = 24 * 60 * 60;

/** Source: https://docs.stripe.com/payouts#payout-speed, of the US. */
const SETTLEMENT_BUSINESS_DAYS = 2;

type BalanceTransaction = Stripe.BalanceTransaction;

/** Records the captured amount of a charge, less the fee. */
export function recordCharge(ctx: Context, charge: Stripe.Charge): BalanceTransaction {
  const isCard = charge.payment_method_details?.type === 'card';
  const bypassesPending = isCard && testCardOf(ctx, charge.payment_method!).bypassesPending;
  return record(ctx, charge, {
    amount: charge.amount_captured,
    available_on: bypassesPending ? ctx.now() : settlementAfter(ctx.now()),
    description: charge.description,
    fee: { amount: chargeFeeMinor(charge), description: 'Stripe processing fees' },
    reporting_category: 'charge',
    source: charge.id,
    type: isCard ? 'charge' : 'payment',
  });
}

/** Records a refund. Stripe does not return its fees. Source: https://docs.stripe.com/refunds. */
export function recordRefund(ctx: Context, charge: Stripe.Charge, refund: Stripe.Refund): BalanceTransaction {
  return record(ctx, charge, {
    amount: -refund.amount,
    description: `REFUND FOR CHARGE${charge.description === null ? '' : ` (${charge.description})`}`,
    reporting_category: 'refund',
    source: refund.id,
    type: 'refund',
  });
}

/** Records that the money of a failed or canceled refund returns. */
export function recordRefundFailure(
  ctx: Context,
  charge: Stripe.Charge,
  refund: Stripe.Refund,
): BalanceTransaction {
  return record(ctx, charge, {
    amount: refund.amount,
    description: 'REFUND FAILURE',
    reporting_category: 'refund_failure',
    source: refund.id,
    type: 'refund_failure',
  });
}

/** Records that a dispute takes its amount and a fee. Source: https://docs.stripe.com/disputes/how-disputes-work. */
export function recordDispute(
  ctx: Context,
  charge: Stripe.Charge,
  dispute: Pick<Stripe.Dispute, 'id' | 'amount'>,
): BalanceTransaction {
  return record(ctx, charge, {
    amount: -dispute.amount,
    description: `Chargeback withdrawal for ${charge.id}`,
    fee: { amount: DISPUTE_FEE_MINOR, description: 'Dispute fee' },
    reporting_category: 'dispute',
    source: dispute.id,
    type: 'adjustment',
  });
}

/** Records that a won dispute returns its amount. The fee is not returned. */
export function recordDisputeReversal(
  ctx: Context,
  charge: Stripe.Charge,
  dispute: Stripe.Dispute,
): BalanceTransaction {
  return record(ctx, charge, {
    amount: dispute.amount,
    description: `Chargeback reversal for ${charge.id}`,
    reporting_category: 'dispute_reversal',
    source: dispute.id,
    type: 'adjustment',
  });
}

/** Makes the funds available whose time has come. `availableOn` is in Unix seconds. */
export function settleFunds(ctx: Context, availableOn: string): void {
  const { balanceTransactions } = ctx.store;
  const due = [...balanceTransactions.newestFirst({ where: { settlesOn: Number(availableOn) } })];
  for (const { id } of due) balanceTransactions.update(id, { status: 'available' });
  reportAvailable(
    ctx,
    due.reduce((sum, { net }) => sum + net, 0),
  );
}

/**
 * Reports new funds, but not losses.
 * Source: https://docs.stripe.com/api/events/types#event_types-balance.available.
 */
function reportAvailable(ctx: Context, netMinor: number): void {
  if (netMinor > 0) ctx.emit('balance.available', currentBalance(ctx));
}

interface Draft extends Pick<
  BalanceTransaction,
  'amount' | 'description' | 'reporting_category' | 'source' | 'type'
> {
  fee?: { amount: number; description: string };
  /** Unix seconds; by default that of the charge's own funds. */
  available_on?: number;
}

/** Records a movement of a charge's money, in the charge's currency and by the sandbox's clock. */
function record(ctx: Context, charge: Stripe.Charge, { fee, ...draft }: Draft): BalanceTransaction {
  const { balanceTransactions } = ctx.store;
  const created = ctx.now();
  const own = balanceTransactions.get((charge.balance_transaction ?? '') as string);
  const available_on = draft.available_on ?? Math.max(created, own?.available_on ?? settlementAfter(created));
  const { currency } = charge;
  const transaction = balanceTransactions.insert({
    id: newId('balanceTransaction'),
    object: 'balance_transaction',
    amount: draft.amount,
    available_on,
    balance_type: 'payments',
    created,
    currency,
    description: draft.description,
    exchange_rate: null,
    fee: fee?.amount ?? 0,
    fee_details: fee ? [{ ...fee, application: null, currency, type: 'stripe_fee' }] : [],
    net: draft.amount - (fee?.amount ?? 0),
    reporting_category: draft.reporting_category,
    source: draft.source,
    status: available_on > created ? 'pending' : 'available',
    type: draft.type,
  });
  if (transaction.status === 'pending') {
    const day = String(available_on);
    // One task for all funds of a day: each write is read again at a start.
    if (!isScheduled(ctx, 'balanceTransactions', day)) {
      schedule(ctx, 'balanceTransactions', day, { at: available_on });
    }
  } else reportAvailable(ctx, transaction.net);
  return transaction;
}

/** The start, in UTC, of the day on which funds become available. */
function settlementAfter(created: number): number {
  let day = Math.floor(created / DAY_SECONDS);
  for (let left = SETTLEMENT_BUSINESS_DAYS; left > 0;) {
    day += 1;
    if (isBusinessDay(day)) left -= 1;
  }
  return day * DAY_SECONDS;
}

/** `day` counts from 1970-01-01, a Thursday. */
const isBusinessDay = (day: number): boolean => {
  const weekday = (day + 4) % 7;
  return weekday !== 0 && weekday !== 6;
};
