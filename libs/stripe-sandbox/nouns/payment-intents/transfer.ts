import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { randomText } from '../../store/ids.js';
import {
  addressesOf,
  bankTransferOf,
  type BankTransfer,
  requireCurrencyOf,
} from '../cash-balance/bank-accounts.js';
import { availableCash, isReconciled, moveCash } from '../cash-balance/cash-balance.js';
import { createTransferCharge } from '../charges/transfer-charge.js';
import { createPaymentMethod } from '../payment-methods/payment-method.js';
import { saveOrUseUp, savedUsage } from './attempt.js';

type Instructions = Stripe.PaymentIntent.NextAction.DisplayBankTransferInstructions;

/** How the customer of an intent is to transfer the rest of its amount; undefined if the intent does not wait for that. */
export const instructionsOf = ({ next_action }: Stripe.PaymentIntent): Instructions | undefined =>
  next_action?.display_bank_transfer_instructions;

/**
 * Pays an intent from its customer's cash balance, or waits for a bank transfer of what that lacks.
 * Source: https://docs.stripe.com/payments/bank-transfers/accept-a-payment.
 * @throws StripeFailure 400 for an intent without a customer, one that saves its payment method, or one that lacks cash
 *   and does not say how to transfer it
 */
export function startTransfer(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): Stripe.PaymentIntent {
  const customer = requireCustomer(intent);
  const { amount, currency } = intent;
  const cash = isReconciled(ctx, customer) ? availableCash(ctx, customer, currency) + appliedTo(intent) : 0;
  const transfer = requireTransfer(intent, { paymentMethod, cashMinor: cash });
  releaseCash(ctx, intent);
  const waiting = waitForCash(ctx, intent, { paymentMethod, transfer });
  if (cash < amount) ctx.emit('payment_intent.requires_action', waiting);
  return cash > 0 ? applyCash(ctx, waiting, Math.min(cash, amount)) : waiting;
}

/** Whether cash can be applied to an intent: it waits for a transfer, or for a payment method that may be one. */
export const isFundable = (intent: Stripe.PaymentIntent): boolean =>
  instructionsOf(intent) !== undefined ||
  (intent.status === 'requires_payment_method' &&
    intent.customer !== null &&
    intent.payment_method_types.includes('customer_balance'));

/**
 * Applies cash to an intent that may have no payment method yet.
 * Source: https://docs.stripe.com/payments/customer-balance/reconciliation#cash-manual-reconciliation.
 * @throws StripeFailure 400 as {@link startTransfer}
 */
export function fund(ctx: Context, intent: Stripe.PaymentIntent, amountMinor: number): Stripe.PaymentIntent {
  if (instructionsOf(intent)) return applyCash(ctx, intent, amountMinor);
  const type = 'customer_balance';
  const transfer = requireTransfer(intent, { paymentMethod: { type }, cashMinor: amountMinor });
  const paymentMethod = createPaymentMethod(ctx, { type });
  return applyCash(ctx, waitForCash(ctx, intent, { paymentMethod, transfer }), amountMinor);
}

/**
 * How the cash that an intent lacks is transferred, if it says so.
 * @throws StripeFailure 400 for one that saves its payment method, or that lacks cash and does not say how to transfer it
 */
function requireTransfer(
  intent: Stripe.PaymentIntent,
  { paymentMethod, cashMinor }: { paymentMethod: Pick<Stripe.PaymentMethod, 'type'>; cashMinor: number },
): BankTransfer | undefined {
  if (savedUsage(intent, paymentMethod) !== null) {
    throw failures.invalidRequest('A `customer_balance` payment method cannot be saved for future usage.', {
      param: 'setup_future_usage',
    });
  }
  const transfer = transferOf(intent);
  if (transfer || cashMinor >= intent.amount) return transfer;
  throw failures.invalidRequest(
    "The customer's cash balance is too low for this payment. Set `payment_method_options[customer_balance][funding_type]` to `bank_transfer` to have the rest transferred.",
    { param: 'payment_method_options[customer_balance][funding_type]' },
  );
}

const waitForCash = (
  ctx: Context,
  intent: Stripe.PaymentIntent,
  { paymentMethod, transfer }: { paymentMethod: Stripe.PaymentMethod; transfer: BankTransfer | undefined },
): Stripe.PaymentIntent =>
  ctx.store.paymentIntents.update(intent.id, {
    last_payment_error: null,
    next_action: transfer ? instructions(ctx, intent, transfer) : null,
    payment_method: paymentMethod.id,
    status: 'requires_action',
  });

/**
 * Applies cash to an intent that waits for it, which succeeds once it has all.
 * Source: https://docs.stripe.com/payments/customer-balance/reconciliation.
 */
export function applyCash(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  amountMinor: number,
): Stripe.PaymentIntent {
  const { id, currency, next_action } = intent;
  const left = remainingOf(intent) - amountMinor;
  moveCash(ctx, intent.customer as string, {
    applied_to_payment: { payment_intent: id },
    currency,
    net_amount: -amountMinor,
    type: 'applied_to_payment',
  });
  if (left === 0) return succeed(ctx, intent);
  const after = ctx.store.paymentIntents.update(id, {
    next_action: {
      ...next_action!,
      display_bank_transfer_instructions: { ...instructionsOf(intent)!, amount_remaining: left },
    },
  });
  ctx.emit('payment_intent.partially_funded', after);
  return after;
}

/** What an intent still needs, in minor units. */
export const remainingOf = (intent: Stripe.PaymentIntent): number =>
  instructionsOf(intent)?.amount_remaining ?? intent.amount;

/** The cash that an intent has of what it waits for, in minor units. */
const appliedTo = (intent: Stripe.PaymentIntent): number => intent.amount - remainingOf(intent);

/** Returns to a customer the cash that was applied to an intent that no longer waits for the rest. */
export function releaseCash(ctx: Context, intent: Stripe.PaymentIntent): void {
  const applied = appliedTo(intent);
  if (applied === 0) return;
  moveCash(ctx, intent.customer as string, {
    currency: intent.currency,
    net_amount: applied,
    type: 'unapplied_from_payment',
    unapplied_from_payment: { payment_intent: intent.id },
  });
}

function succeed(ctx: Context, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  saveOrUseUp(ctx, intent, paymentMethod);
  const charge = createTransferCharge(ctx, intent, paymentMethod);
  const after = ctx.store.paymentIntents.update(intent.id, {
    amount_received: intent.amount,
    latest_charge: charge.id,
    next_action: null,
    status: 'succeeded',
  });
  ctx.emit('payment_intent.succeeded', after);
  return after;
}

function requireCustomer({ customer }: Stripe.PaymentIntent): string {
  if (customer !== null) return customer as string;
  throw failures.invalidRequest('A payment with `customer_balance` requires a customer.', {
    code: 'parameter_missing',
    param: 'customer',
  });
}

/** How the cash that is missing is transferred; undefined if the intent lists its types and does not say. */
function transferOf(intent: Stripe.PaymentIntent): BankTransfer | undefined {
  const options = intent.payment_method_options?.customer_balance;
  if (options && options.funding_type !== 'bank_transfer') return undefined;
  const given = options?.bank_transfer as BankTransfer | undefined;
  const transfer = given ?? bankTransferOf(intent.currency);
  const param = 'payment_method_options[customer_balance][bank_transfer]';
  if (!transfer) throw failures.missing(param);
  requireCurrencyOf(transfer, intent.currency, param);
  return transfer;
}

function instructions(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  transfer: BankTransfer,
): Stripe.PaymentIntent.NextAction {
  const { id, amount, currency, customer } = intent;
  return {
    display_bank_transfer_instructions: {
      amount_remaining: amount,
      currency,
      financial_addresses: addressesOf(customer as string, transfer),
      hosted_instructions_url: `${ctx.origin}/transfer/${id}`,
      // It stays the same when the intent is confirmed again.
      reference: instructionsOf(intent)?.reference ?? randomText(12).toUpperCase(),
      type: transfer.type,
    },
    type: 'display_bank_transfer_instructions',
  };
}
