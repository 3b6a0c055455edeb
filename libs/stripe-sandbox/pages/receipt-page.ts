import type Stripe from 'stripe';
import { formatAmount } from '../money/currencies.js';
import { html, type Html } from './html.js';
import { dateOf, layout } from './layout.js';

/** What a customer has paid with a charge, what of it was released, and what was refunded since. */
export function receiptPage(charge: Stripe.Charge): string {
  const { amount, amount_captured, amount_refunded, captured, created, currency, description } = charge;
  // What is released counts as refunded: https://docs.stripe.com/api/charges/object#charge_object-amount_refunded.
  const releasedMinor = captured ? amount - amount_captured : amount_refunded;
  const refundedMinor = amount_refunded - releasedMinor;
  return layout(
    'Receipt',
    html`<section class="card">
      <h1>Receipt</h1>
      <p class="total">
        ${formatAmount(amount - amount_refunded, currency)}
        <small>${currency.toUpperCase()}, ${captured ? 'paid' : 'authorized'} on ${dateOf(created)}</small>
      </p>
      <ul class="lines">
        ${row(description ?? 'Payment', formatAmount(amount, currency))}
        ${releasedMinor > 0 && row('Released', formatAmount(-releasedMinor, currency))}
        ${refundedMinor > 0 && row('Refunded', formatAmount(-refundedMinor, currency))}
        ${row('Paid with', methodOf(charge))}
      </ul>
      <p class="back">${charge.id}</p>
    </section>`,
  );
}

const row = (text: string, value: string): Html =>
  html`<li><span>${text}</span><span class="amount">${value}</span></li>`;

function methodOf({ payment_method_details: details }: Stripe.Charge): string {
  if (details?.card) return `${details.card.brand} •••• ${details.card.last4}`;
  if (details?.sepa_debit) return `SEPA debit •••• ${details.sepa_debit.last4}`;
  return 'Bank transfer';
}
