import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { type Offer, offerFor } from '../nouns/portal-sessions/offers.js';
import { hasEnded } from '../nouns/subscriptions/subscription.js';
import { productName } from '../nouns/invoices/lines.js';
import { take } from '../store/collection.js';

/** A subscription with what the portal shows of it. */
export interface Plan {
  subscription: Stripe.Subscription;
  name: string;
  offer: Offer | undefined;
  /** The names of the prices that the customer can choose, by their id. */
  priceNames: ReadonlyMap<string, string>;
}

/** What the portal shows to a customer. */
export interface PortalView {
  session: Stripe.BillingPortal.Session;
  configuration: Stripe.BillingPortal.Configuration;
  customer: Stripe.Customer;
  plans: Plan[];
  cards: Stripe.PaymentMethod[];
  invoices: Stripe.Invoice[];
  /** The path of the page. */
  path: string;
  error?: string | undefined;
}

const MAX_INVOICES = 10;

/** The session at a page's path; undefined for an unknown one, or if its customer was deleted. */
export function portalView(ctx: Context, secret: string): PortalView | undefined {
  const { store } = ctx;
  const [session] = store.portalSessions.newestFirst({ where: { secret } });
  const customer = session && store.customers.get(session.customer);
  if (!customer) return undefined;
  const where = { customer: customer.id };
  const configuration = store.portalConfigurations.get(session.configuration as string)!;
  const running = [...store.subscriptions.newestFirst({ where })].filter((each) => !hasEnded(each));
  return {
    session,
    configuration,
    customer,
    plans: running.map((subscription) => planOf(ctx, configuration, subscription)),
    cards: [...store.paymentMethods.newestFirst({ where })],
    invoices: take(
      MAX_INVOICES,
      store.invoices.newestFirst({ where, among: { status: ['open', 'paid', 'uncollectible', 'void'] } }),
    ),
    path: `/p/session/${secret}`,
  };
}

function planOf(
  ctx: Context,
  configuration: Stripe.BillingPortal.Configuration,
  subscription: Stripe.Subscription,
): Plan {
  const prices = subscription.items.data.map(({ price }) => price);
  const offer = offerFor(ctx, configuration, subscription);
  return {
    subscription,
    name: prices.map((price) => productName(ctx, price)).join(', '),
    offer,
    priceNames: new Map(offer?.prices.map((price) => [price.id, productName(ctx, price)])),
  };
}
