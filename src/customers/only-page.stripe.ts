import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { createdSince, operationIdOf } from '#stripe/find-by-metadata.js';
import { listAll } from '#stripe/pagination.js';
import { isRefused } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { OwnerSubscriptionsService } from './owner-subscriptions.service.js';

/** The metadata key of a page on which a customer may subscribe to a product once. */
export const ONLY_SUBSCRIPTION_TO = 'paydesk_only_subscription_to';

/** A page, and the operation that opened it. */
export interface OpenedPage {
  id: string;
  operationId: string | null;
}

/** Keeps a customer from subscribing to a product on two Checkout pages: only one is open at a time. */
@Injectable()
export class OnlyPageStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly subscriptions: OwnerSubscriptionsService,
  ) {}

  /**
   * Closes all pages for a product but the newest, after one was opened. Concurrent calls keep the same page.
   *
   * @returns the id of the page that is kept; undefined if none is open
   * @throws {Problem} `already-subscribed` if the customer has paid on another page by now; then all are closed
   */
  async keepNewest(
    context: RequestContext,
    customer: string,
    productId: string,
  ): Promise<string | undefined> {
    const [newest, ...older] = await this.openPages(context, customer, productId);
    for (const id of older) await this.close(context, id);
    try {
      // No older page can be paid any more, so this is final.
      await this.subscriptions.assertNoneOfCustomer(context, customer, productId);
    } catch (error) {
      const hasPaid = error instanceof Problem && error.slug === 'already-subscribed';
      if (hasPaid && newest !== undefined) await this.close(context, newest);
      throw error;
    }
    return newest;
  }

  /** Closes pages. */
  async closeAll(context: RequestContext, ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.close(context, id);
  }

  /** Which of some pages are closed and were not paid. */
  async closedOf(context: RequestContext, ids: readonly string[]): Promise<string[]> {
    const pages = await Promise.all(
      ids.map((id) => this.stripe.read(context, (stripe) => stripe.checkout.sessions.retrieve(id))),
    );
    return pages.filter(({ status }) => status === 'expired').map(({ id }) => id);
  }

  /** The ids of all open pages for a product, newest first. */
  async openPages(context: RequestContext, customer: string, productId: string): Promise<string[]> {
    const found = await this.list(context, productId, { customer, status: 'open' });
    return found.map(({ id }) => id);
  }

  /** All pages for a product that were opened since an operation was first sent, or shortly before, newest first. */
  async pagesSince(
    context: RequestContext,
    customer: string,
    productId: string,
    sentAt: Date,
  ): Promise<OpenedPage[]> {
    const found = await this.list(context, productId, { customer, created: createdSince(sentAt) });
    return found.map((page) => ({ id: page.id, operationId: operationIdOf(page) }));
  }

  private async list(
    context: RequestContext,
    productId: string,
    of: Stripe.Checkout.SessionListParams,
  ): Promise<Stripe.Checkout.Session[]> {
    const found = await listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.checkout.sessions.list({ ...of, ...page })),
    );
    return found.filter(({ metadata }) => metadata?.[ONLY_SUBSCRIPTION_TO] === productId);
  }

  /** A page that is paid or closed by now is refused. */
  private async close(context: RequestContext, id: string): Promise<void> {
    try {
      await this.stripe.writeBesides(context, (stripe, options) =>
        stripe.checkout.sessions.expire(id, {}, options),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
}
