import type { Context } from '../context.js';
import { OPEN_STATUSES, type Intent } from '../nouns/intents/intent.js';
import { authenticationUrl } from '../nouns/intents/three-d-secure.js';
import { confirmPaymentIntent } from '../nouns/payment-intents/confirm.js';
import { type CardEntry, createEnteredPaymentMethod } from '../nouns/payment-methods/payment-method.js';
import { confirmSetupIntent } from '../nouns/setup-intents/confirm.js';
import { readCardEntry } from './card-entry.js';
import { intentPage } from './intent-page.js';
import { notice } from './layout.js';
import { attempt, NOT_FOUND, type PageRoute, type PageAnswer } from './page-server.js';

/** Whether a person can still complete an intent. */
export const isOpen = ({ status }: Intent): boolean => OPEN_STATUSES.includes(status);

/** A page for any intent. Its URL has the client secret, which only the merchant and the customer know. */
export const intentPages: PageRoute[] = [
  {
    path: '/confirm/:client_secret',
    show(ctx, named) {
      const intent = intentBySecret(ctx, named['client_secret']!);
      return intent ? showIntent(intent, lastError(intent)) : NOT_FOUND;
    },
    submit(ctx, named, body) {
      const intent = intentBySecret(ctx, named['client_secret']!);
      if (!intent) return NOT_FOUND;
      if (!isOpen(intent)) return showIntent(intent, undefined);
      const entry = readCardEntry(body, { email: null, now: ctx.now() });
      const here = `${ctx.origin}/confirm/${intent.client_secret}`;
      const outcome = attempt(() => authenticationUrl(confirm(ctx, intent, entry, here)));
      return 'refusal' in outcome
        ? showIntent(intent, outcome.refusal)
        : { redirectTo: outcome.done ?? here };
    },
  },
];

function intentBySecret(ctx: Context, secret: string): Intent | undefined {
  const id = secret.split('_secret_', 1)[0]!;
  const intent = ctx.store.paymentIntents.get(id) ?? ctx.store.setupIntents.get(id);
  return intent?.client_secret === secret ? intent : undefined;
}

function confirm(ctx: Context, intent: Intent, entry: CardEntry, returnUrl: string): Intent {
  const paymentMethod = createEnteredPaymentMethod(ctx, entry);
  return intent.object === 'payment_intent'
    ? confirmPaymentIntent(ctx, intent, { paymentMethod, returnUrl })
    : confirmSetupIntent(ctx, intent, { paymentMethod, returnUrl });
}

function showIntent(intent: Intent, error: string | undefined): PageAnswer {
  if (isOpen(intent)) {
    return { status: error === undefined ? 200 : 402, page: intentPage(intent, error) };
  }
  const isPayment = intent.object === 'payment_intent';
  const text =
    intent.status === 'canceled'
      ? 'This has been canceled.'
      : isPayment
        ? 'The payment has been made.'
        : 'Your card has been saved.';
  return { status: 200, page: notice(isPayment ? 'Payment' : 'Save a card', text) };
}

const lastError = (intent: Intent): string | undefined =>
  (intent.object === 'payment_intent' ? intent.last_payment_error : intent.last_setup_error)?.message;
