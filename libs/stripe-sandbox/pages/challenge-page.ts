import { formatAmount } from '../money/currencies.js';
import type { Intent } from '../nouns/intents/intent.js';
import { html } from './html.js';
import { layout } from './layout.js';

/** Stands in for the page of the cardholder's bank. */
export function challengePage(intent: Intent, last4: string): string {
  const purpose =
    intent.object === 'payment_intent'
      ? `pay ${formatAmount(intent.amount, intent.currency)}`
      : 'save your card for later';
  return layout(
    '3D Secure',
    html`<section class="card">
      <h1>3D Secure authentication</h1>
      <p>Your bank asks you to confirm that you want to ${purpose} with the card ending in ${last4}.</p>
      <form method="post" class="choices">
        <button name="result" value="complete">Complete authentication</button>
        <button name="result" value="fail" class="quiet">Fail authentication</button>
      </form>
    </section>`,
  );
}
