import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { operationIdOf } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { PaymentReferences } from './payment-references.stripe.js';
import { subscriptionOf } from './payment-snapshot.stripe.js';
import type { InvoiceFailure, SubscriptionSnapshot } from './subscription-record.js';
import {
  expandedInvoice,
  failureOf,
  mayHaveFailed,
  snapshotOfPage,
  snapshotOfSubscription,
} from './subscription-snapshot.stripe.js';

/** The objects at Stripe that a subscription is read from. One of them is known at least. */
export interface SubscriptionObjects {
  sessionId: string | null;
  subscriptionId: string | null;
}

/** A subscription as Stripe has it. */
export interface ReadSubscription {
  snapshot: SubscriptionSnapshot;
  /** From the metadata; null if no operation has started it. */
  operationId: string | null;
  /** Of its latest invoice, and of others that were asked for. */
  failures: InvoiceFailure[];
}

/** Reads subscriptions from Stripe for the record. */
@Injectable()
export class SubscriptionReader {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
  ) {}

  /**
   * Reads a subscription that has these objects.
   *
   * @param invoiceIds invoices of which a payment attempt may have failed
   */
  async read(
    context: RequestContext,
    { sessionId, subscriptionId }: SubscriptionObjects,
    invoiceIds: readonly string[],
  ): Promise<ReadSubscription> {
    const session = sessionId === null ? undefined : await this.session(context, sessionId);
    const id = session ? startedSubscription(session) : subscriptionId;
    if (id == null) return ofPage(session);
    const subscription = await this.stripe.read(context, (stripe) =>
      stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] }),
    );
    const items = await this.items(context, subscription);
    return {
      snapshot: snapshotOfSubscription(subscription, items, session),
      operationId: operationIdOf(session ?? subscription),
      failures: await this.failures(context, subscription, invoiceIds),
    };
  }

  /**
   * The Checkout Session of a subscription, null if there is none; undefined if its session is still open and nothing
   * leads to it.
   *
   * @param sessionOfOperation while the session is open, only its operation leads to it
   */
  async sessionOf(
    context: RequestContext,
    subscriptionId: string,
    sessionOfOperation: (operationId: string) => Promise<string | undefined>,
  ): Promise<string | null | undefined> {
    const session = await this.references.firstSession(context, { subscription: subscriptionId });
    if (session) return session.id;
    const subscription = await this.stripe.read(context, (stripe) =>
      stripe.subscriptions.retrieve(subscriptionId),
    );
    const operationId = operationIdOf(subscription);
    const known = operationId === null ? undefined : await sessionOfOperation(operationId);
    if (known !== undefined) return known;
    return operationId !== null && subscription.status === 'incomplete' ? undefined : null;
  }

  private session(context: RequestContext, id: string): Promise<Stripe.Checkout.Session> {
    return this.stripe.read(context, (stripe) => stripe.checkout.sessions.retrieve(id));
  }

  private async items(
    context: RequestContext,
    { id, items }: Stripe.Subscription,
  ): Promise<Stripe.SubscriptionItem[]> {
    if (!items.has_more) return items.data;
    return listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.subscriptionItems.list({ subscription: id, ...page })),
    );
  }

  private async failures(
    context: RequestContext,
    subscription: Stripe.Subscription,
    invoiceIds: readonly string[],
  ): Promise<InvoiceFailure[]> {
    const latest = expandedInvoice(subscription);
    const others = new Set(invoiceIds.filter((id) => id !== latest?.id));
    const failures: (InvoiceFailure | undefined)[] = [];
    for (const id of others) {
      const invoice = await this.stripe.read(context, (stripe) => stripe.invoices.retrieve(id));
      if (subscriptionOf(invoice) === subscription.id) failures.push(await this.failure(context, invoice));
    }
    if (latest) failures.push(await this.failure(context, latest));
    return failures.filter((failure) => failure !== undefined);
  }

  private async failure(
    context: RequestContext,
    invoice: Stripe.Invoice,
  ): Promise<InvoiceFailure | undefined> {
    if (!mayHaveFailed(invoice)) return undefined;
    const payments = await listAll((page) =>
      this.stripe.read(context, (stripe) =>
        stripe.invoicePayments.list({
          invoice: invoice.id,
          expand: ['data.payment.payment_intent'],
          ...page,
        }),
      ),
    );
    const intent = payments.find(({ is_default: isDefault }) => isDefault)?.payment.payment_intent;
    return intent && typeof intent === 'object' ? failureOf(invoice, intent) : undefined;
  }
}

/** Undefined unless the session is complete. */
function startedSubscription({ status, subscription }: Stripe.Checkout.Session): string | undefined {
  return status === 'complete' ? idOf(subscription) : undefined;
}

function ofPage(session: Stripe.Checkout.Session | undefined): ReadSubscription {
  if (!session) throw new Error('a subscription has at least one object at Stripe');
  return { snapshot: snapshotOfPage(session), operationId: operationIdOf(session), failures: [] };
}
