import type Stripe from 'stripe';
import { pathOfPage } from '../http/page-url.js';
import { formatAmount } from '../money/currencies.js';
import type { Intent } from '../nouns/intents/intent.js';
import { instructionsOf } from '../nouns/payment-intents/transfer.js';
import type { Collection, Entity } from '../store/collection.js';
import { take } from '../store/collection.js';
import { homePage, type Entry } from './home-page.js';
import { isOpen } from './intents.js';
import type { PageRoute } from './page-server.js';

const MAX_ENTRIES = 8;

/** The start page: the latest sessions and intents, with links to those that a person can complete. */
export const homePages: PageRoute[] = [
  {
    path: '/',
    show(ctx) {
      const { checkoutSessions, setupIntents, paymentIntents } = ctx.store;
      const page = homePage([
        { title: 'Checkout sessions', entries: latest(checkoutSessions).map(sessionEntry) },
        { title: 'Setup intents', entries: latest(setupIntents).map(intentEntry) },
        { title: 'Payment intents', entries: latest(paymentIntents).map(intentEntry) },
      ]);
      return { status: 200, page };
    },
  },
];

const latest = <T extends Entity>(collection: Collection<T>): T[] =>
  take(MAX_ENTRIES, collection.newestFirst());

const sessionEntry = (session: Stripe.Checkout.Session): Entry => ({
  id: session.id,
  text: session.amount_total === null ? 'Save a card' : formatAmount(session.amount_total, session.currency!),
  status: session.status ?? '',
  url: session.url && pathOfPage(session.url),
});

function intentEntry(intent: Intent): Entry {
  const transfer = intent.object === 'payment_intent' ? instructionsOf(intent) : undefined;
  const page =
    transfer?.hosted_instructions_url ??
    intent.next_action?.redirect_to_url?.url ??
    `/confirm/${intent.client_secret}`;
  return {
    id: intent.id,
    text: intent.object === 'payment_intent' ? formatAmount(intent.amount, intent.currency) : 'Save a card',
    status: intent.status,
    url: isOpen(intent) ? pathOfPage(page) : null,
  };
}
