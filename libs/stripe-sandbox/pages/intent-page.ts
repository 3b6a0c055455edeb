import type Stripe from 'stripe';
import { formatAmount } from '../money/currencies.js';
import type { Intent } from '../nouns/intents/intent.js';
import { cardForm } from './card-form.js';
import { html } from './html.js';
import { layout } from './layout.js';

/** Confirms an intent, instead of a form of Stripe.js. */
export function intentPage(intent: Intent, error: string | undefined): string {
  const isPayment = intent.object === 'payment_intent';
  return layout(
    isPayment ? 'Payment' : 'Save a card',
    html`<section>
        <h1>${isPayment ? 'Pay' : 'Save your card for later'}</h1>
        ${isPayment && amount(intent)}
        <p class="back">${intent.id}</p>
      </section>
      ${cardForm({ submit: isPayment ? `Pay ${formatAmount(intent.amount, intent.currency)}` : 'Save card', error, asksForEmail: false })}`,
    { isWide: true },
  );
}

const amount = ({ amount: amountMinor, currency, description }: Stripe.PaymentIntent) =>
  html`<p class="total">
    ${formatAmount(amountMinor, currency)}
    <small>${[currency.toUpperCase(), description].filter(Boolean).join(', ')}</small>
  </p>`;
