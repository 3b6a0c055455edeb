import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';

type BalanceTransaction = Stripe.CustomerBalanceTransaction;

/** Why a customer's balance changes, and by how much: a negative amount is a credit, in minor units. */
export interface BalanceChange extends Pick<BalanceTransaction, 'amount' | 'currency' | 'type'> {
  invoice?: string;
  credit_note?: string;
  description?: string | null;
  metadata?: Record<string, string>;
}

/**
 * Records a change of a customer's balance. The caller saves the balance.
 * Source: https://docs.stripe.com/api/customer_balance_transactions/object.
 */
export function recordBalanceChange(
  ctx: Context,
  customer: Stripe.Customer,
  change: BalanceChange,
): BalanceTransaction {
  const { amount, credit_note = null, currency, description = null, invoice = null, type } = change;
  return ctx.store.customerBalanceTransactions.insert({
    id: newId('customerBalanceTransaction'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: ctx.now(customer.id),
    credit_note,
    currency,
    customer: customer.id,
    customer_account: null,
    description,
    ending_balance: customer.balance + amount,
    invoice,
    livemode: false,
    metadata: change.metadata ?? {},
    type,
  });
}
