import { Injectable } from '@nestjs/common';
import { listPages } from '#stripe/pagination.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { toStripeEvent } from './event.stripe.js';
import { EVENTS, type StripeEvent } from './stripe-event.js';

/** Lists events at Stripe: https://docs.stripe.com/api/events/list */
@Injectable()
export class EventWalkStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly connection: StripeConnection,
  ) {}

  /** The events since an instant, page by page, newest first. */
  async *eventsSince(since: Date): AsyncGenerator<StripeEvent[]> {
    const created = { gte: Math.floor(since.getTime() / 1000) };
    const pages = listPages((page) =>
      this.stripe.read(EVENTS, (stripe) => stripe.events.list({ ...page, created })),
    );
    for await (const { data } of pages) yield data.map((event) => toStripeEvent(event, this.connection));
  }
}
