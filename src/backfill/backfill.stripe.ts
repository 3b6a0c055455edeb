import type Stripe from 'stripe';
import { BACKGROUND } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { listPages, type StripePage } from '#stripe/pagination.js';
import type { StripeProvider } from '#stripe/stripe.provider.js';
import { ownerIn } from '../customers/customers.stripe.js';
import type { BackfillItem, BackfillStep } from './backfill-item.js';

type ListParams = { limit: number; starting_after?: string; created?: { gte: number } };

/** A list at Stripe, and what its objects say about payments. */
interface List<Listed extends { id: string; created: number }> {
  fetch: (stripe: Stripe, params: ListParams) => Promise<StripePage<Listed>>;
  find: (listed: Listed) => Omit<BackfillItem, 'id' | 'createdAt'>;
}

/** Lists the objects of the account, newest first. */
export class BackfillStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** All objects of a step that were created since then, page by page; `after` is the last one that was read. */
  pages(
    step: Exclude<BackfillStep, 'undecided_payments'>,
    since: Date | null,
    after: string | undefined,
  ): AsyncGenerator<BackfillItem[]> {
    switch (step) {
      case 'customers':
        return this.list(CUSTOMERS, since, after);
      case 'payment_intents':
        return this.list(INTENTS, since, after);
      case 'checkout_sessions':
        return this.list(SESSIONS, since, after);
      case 'subscriptions':
        return this.list(SUBSCRIPTIONS, null, after);
      case 'refunds':
        return this.list(REFUNDS, since, after);
      case 'disputes':
        return this.list(DISPUTES, since, after);
    }
  }

  private async *list<Listed extends { id: string; created: number }>(
    { fetch, find }: List<Listed>,
    since: Date | null,
    after: string | undefined,
  ): AsyncGenerator<BackfillItem[]> {
    const created = since && { created: { gte: Math.floor(since.getTime() / 1000) } };
    const pages = listPages(
      (page) => this.stripe.read(BACKGROUND, (stripe) => fetch(stripe, { ...page, ...created })),
      after,
    );
    for await (const { data } of pages) {
      yield data.map((listed) =>
        Object.assign(find(listed), { id: listed.id, createdAt: new Date(listed.created * 1000) }),
      );
    }
  }
}

/** Without those that were deleted: https://docs.stripe.com/api/customers/list */
const CUSTOMERS: List<Stripe.Customer> = {
  fetch: (stripe, params) => stripe.customers.list(params),
  find: ({ metadata }) => ({ owner: ownerIn(metadata) }),
};

const INTENTS: List<Stripe.PaymentIntent> = {
  fetch: (stripe, params) => stripe.paymentIntents.list(params),
  find: ({ id }) => ({ paymentIntentId: id }),
};

/** Those with a PaymentIntent are found by it. A session that saves a card is no payment. */
const SESSIONS: List<Stripe.Checkout.Session> = {
  fetch: (stripe, params) => stripe.checkout.sessions.list(params),
  find: ({ id, mode, payment_intent: intent }) => (mode === 'setup' || intent ? {} : { sessionId: id }),
};

/** All, because the list cannot be restricted to those that have changed since an instant. */
const SUBSCRIPTIONS: List<Stripe.Subscription> = {
  fetch: (stripe, params) => stripe.subscriptions.list({ ...params, status: 'all' }),
  find: ({ id }) => ({ subscriptionId: id }),
};

const REFUNDS: List<Stripe.Refund> = {
  fetch: (stripe, params) => stripe.refunds.list(params),
  find: ({ payment_intent: intent }) => ({ paymentIntentId: idOf(intent) }),
};

const DISPUTES: List<Stripe.Dispute> = {
  fetch: (stripe, params) => stripe.disputes.list(params),
  find: ({ payment_intent: intent }) => ({ paymentIntentId: idOf(intent) }),
};
