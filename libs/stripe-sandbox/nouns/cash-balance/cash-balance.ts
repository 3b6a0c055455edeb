import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { CashFacts } from '../../store/records.js';
import type { Store } from '../../store/store.js';
import type { updateParams } from './params.js';

type Transaction = Stripe.CustomerCashBalanceTransaction;

/** What moves cash, and how: a positive amount adds to the balance, in minor units. */
export type CashMovement = Pick<Transaction, 'currency' | 'net_amount' | 'type'> &
  Partial<
    Pick<Transaction, 'applied_to_payment' | 'funded' | 'refunded_from_payment' | 'unapplied_from_payment'>
  >;

/** Source: https://docs.stripe.com/api/cash_balance/object. */
export function cashBalanceOf(store: Store, customer: string): Stripe.CashBalance {
  const { available, reconciliation_mode } = factsOf(store, customer);
  const held = Object.entries(available).filter(([, amountMinor]) => amountMinor > 0);
  return {
    object: 'cash_balance',
    available: held.length > 0 ? Object.fromEntries(held) : null,
    customer,
    customer_account: null,
    livemode: false,
    settings: {
      reconciliation_mode: reconciliation_mode ?? 'automatic',
      using_merchant_default: reconciliation_mode === null,
    },
  };
}

/** The cash of a customer that is not applied to a payment, in minor units. */
export const availableCash = ({ store }: Context, customer: string, currency: string): number =>
  factsOf(store, customer).available[currency] ?? 0;

/** Whether Stripe applies a customer's cash to payments by itself. */
export const isReconciled = ({ store }: Context, customer: string): boolean =>
  factsOf(store, customer).reconciliation_mode !== 'manual';

/** Source: https://docs.stripe.com/api/cash_balance/update. */
export function updateCashBalance(
  ctx: Context,
  customer: string,
  { settings }: Params<typeof updateParams>,
): void {
  const mode = settings?.reconciliation_mode;
  if (mode !== undefined) {
    save(ctx, customer, { reconciliation_mode: mode === 'merchant_default' ? null : mode });
  }
}

/**
 * Moves cash into a customer's balance, or out of it.
 * Source: https://docs.stripe.com/api/cash_balance_transactions/object.
 */
export function moveCash(ctx: Context, customer: string, movement: CashMovement): Transaction {
  const { available } = factsOf(ctx.store, customer);
  const ending_balance = (available[movement.currency] ?? 0) + movement.net_amount;
  save(ctx, customer, { available: { ...available, [movement.currency]: ending_balance } });
  const transaction = ctx.store.customerCashBalanceTransactions.insert({
    id: newId('customerCashBalanceTransaction'),
    object: 'customer_cash_balance_transaction',
    created: ctx.now(customer),
    customer,
    customer_account: null,
    ending_balance,
    livemode: false,
    ...movement,
  });
  ctx.emit('customer_cash_balance_transaction.created', transaction);
  return transaction;
}

const factsOf = (store: Store, customer: string): CashFacts =>
  store.cashFacts.get(customer) ?? { id: customer, available: {}, reconciliation_mode: null };

function save({ store }: Context, customer: string, changes: Partial<CashFacts>): void {
  if (store.cashFacts.get(customer)) store.cashFacts.update(customer, changes);
  else store.cashFacts.insert({ ...factsOf(store, customer), ...changes });
}
