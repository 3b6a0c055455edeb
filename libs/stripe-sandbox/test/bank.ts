import type { Stripe } from 'stripe';
import { openBench } from './support.js';

/** Transfers to a German account. */
export const BANK_TRANSFER = {
  customer_balance: {
    funding_type: 'bank_transfer',
    bank_transfer: { type: 'eu_bank_transfer', eu_bank_transfer: { country: 'DE' } },
  },
} satisfies Stripe.PaymentIntentCreateParams.PaymentMethodOptions;

/**
 * A bench with a customer who pays by bank transfers.
 * Source: https://docs.stripe.com/payments/bank-transfers/accept-a-payment.
 */
export async function openBank() {
  const bench = await openBench();
  const { stripe, sandbox } = bench;
  const customer = (await stripe.customers.create({ email: 'ada@example.com' })).id;
  const pay = (more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount: 2500,
      currency: 'eur',
      customer,
      allowed_payment_method_types: ['customer_balance'],
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: BANK_TRANSFER,
      confirm: true,
      return_url: 'https://shop.example/done',
      ...more,
    });
  const fund = (amount: number, reference?: string, currency = 'eur') =>
    stripe.testHelpers.customers.fundCashBalance(customer, { amount, currency, reference });
  const available = async () => (await stripe.customers.retrieveCashBalance(customer)).available;
  const moves = async () =>
    (await stripe.customers.listCashBalanceTransactions(customer)).data
      .map(({ type, net_amount, ending_balance }) => [type, net_amount, ending_balance])
      .toReversed();
  const current = (id: string) => stripe.paymentIntents.retrieve(id);
  const events = () => [...sandbox.store.events.oldestFirst()].map(({ type }) => type);
  return { ...bench, customer, pay, fund, available, moves, current, events };
}

/** How the customer of an intent is to transfer the money. */
export const instructionsOf = ({ next_action }: Stripe.PaymentIntent) =>
  next_action!.display_bank_transfer_instructions!;
