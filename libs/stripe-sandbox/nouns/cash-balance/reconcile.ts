import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { unexpectedState } from '../intents/intent.js';
import { applyCash, fund, instructionsOf, isFundable, remainingOf } from '../payment-intents/transfer.js';
import { bankTransferOf } from './bank-accounts.js';
import { availableCash, cashBalanceOf, isReconciled, moveCash } from './cash-balance.js';
import { exactGroup } from './exact-group.js';
import type { applyParams, fundParams } from './params.js';

/**
 * A bank transfer of a customer arrives: payments that wait for one get it, and the balance keeps the rest.
 * Source: https://docs.stripe.com/payments/customer-balance/reconciliation.
 * @throws StripeFailure 400 for a currency without bank transfers
 */
export function fundCashBalance(
  ctx: Context,
  customer: string,
  { amount, currency, reference }: Params<typeof fundParams>,
): Stripe.CustomerCashBalanceTransaction {
  const type = bankTransferOf(currency)?.type;
  if (!type) {
    throw failures.invalidRequest(`The account takes no bank transfers in ${currency}.`, {
      param: 'currency',
    });
  }
  const funded = moveCash(ctx, customer, {
    currency,
    funded: { bank_transfer: { [type]: SENDERS[type], reference: reference ?? null, type } },
    net_amount: amount,
    type: 'funded',
  });
  if (isReconciled(ctx, customer)) reconcile(ctx, customer, { amount, currency, reference });
  if (availableCash(ctx, customer, currency) > 0) {
    ctx.emit('cash_balance.funds_available', cashBalanceOf(ctx.store, customer));
  }
  return funded;
}

/**
 * Applies the cash of a transfer to the payments that it was made for, and the rest to the oldest ones.
 * Source: https://docs.stripe.com/payments/customer-balance/reconciliation#cash-automatic-reconciliation.
 */
function reconcile(ctx: Context, customer: string, transfer: Params<typeof fundParams>): void {
  const { currency } = transfer;
  const waiting = [...ctx.store.paymentIntents.oldestFirst({ where: { customer } })].filter(
    (intent) => intent.currency === currency && instructionsOf(intent),
  );
  const meant = paymentsOf(transfer, waiting);
  for (const intent of new Set([...meant, ...waiting])) {
    const share = Math.min(availableCash(ctx, customer, currency), remainingOf(intent));
    if (share > 0) applyCash(ctx, intent, share);
  }
}

/** The payments that a transfer names, or that wait for just its amount. Japanese transfers have no reference. */
function paymentsOf(
  { amount, currency, reference }: Params<typeof fundParams>,
  waiting: readonly Stripe.PaymentIntent[],
): readonly Stripe.PaymentIntent[] {
  const named =
    reference !== undefined &&
    currency !== 'jpy' &&
    waiting.find((intent) => reference.includes(instructionsOf(intent)!.reference!));
  return named ? [named] : exactGroup(waiting, amount);
}

/**
 * Applies a customer's cash to a payment; without an amount what the payment needs, or all that there is.
 * Source: https://docs.stripe.com/api/payment_intents/apply_customer_balance.
 * @throws StripeFailure 400 for an intent that does not wait for cash, another currency, or too little cash
 */
export function applyCustomerBalance(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  { amount: given, currency = intent.currency }: Params<typeof applyParams>,
): Stripe.PaymentIntent {
  if (!isFundable(intent)) {
    throw unexpectedState(
      intent,
      `You cannot apply a customer balance to this PaymentIntent because it does not wait for a bank transfer: it has a status of ${intent.status}.`,
    );
  }
  if (currency !== intent.currency) {
    throw failures.invalidRequest(`This PaymentIntent is in ${intent.currency}.`, { param: 'currency' });
  }
  const availableMinor = availableCash(ctx, intent.customer as string, currency);
  const amountMinor = given ?? Math.min(remainingOf(intent), availableMinor);
  if (amountMinor > remainingOf(intent)) {
    throw failures.invalidRequest('The amount is more than this PaymentIntent still needs.', {
      param: 'amount',
    });
  }
  if (amountMinor > availableMinor || availableMinor === 0) {
    throw failures.invalidRequest("The amount is more than the customer's cash balance has.", {
      param: 'amount',
    });
  }
  return fund(ctx, intent, amountMinor);
}

/** Whose transfers a test makes. */
const SENDERS = {
  eu_bank_transfer: { bic: 'DEUTDEFFXXX', iban_last4: '3000', sender_name: 'Jenny Rosen' },
  gb_bank_transfer: { account_number_last4: '2345', sender_name: 'Jenny Rosen', sort_code: '108800' },
  jp_bank_transfer: { sender_bank: 'Test Bank', sender_branch: 'Test Branch', sender_name: 'Jenny Rosen' },
  us_bank_transfer: { network: 'ach', sender_name: 'Jenny Rosen' },
} satisfies Partial<Stripe.CustomerCashBalanceTransaction.Funded.BankTransfer>;
