import type { Caller } from '../support/caller.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { someUser } from '../support/saved-card.js';

/** All prices of these products can be subscribed to. */
export const OFFERED = ['magazine', 'paper'] as const;
export const ENVIRONMENT = { SUBSCRIBABLE_PRICES: OFFERED.map((id) => `product:${id}`).join() };

/** Creates the products of {@link ENVIRONMENT}. */
export async function createProducts({ stripe }: Paydesk): Promise<void> {
  for (const id of OFFERED) await stripe.products.create({ id, name: `The ${id}` });
}

/** A new monthly price of a product. */
export async function priceOf(
  { stripe }: Paydesk,
  product: string,
  amount: number,
  more: { interval?: 'month' | 'year'; currency?: string; active?: boolean } = {},
): Promise<string> {
  const { interval = 'month', currency = 'usd', active = true } = more;
  const price = await stripe.prices.create({
    product,
    currency,
    unit_amount: amount,
    recurring: { interval },
    active,
  });
  return price.id;
}

/** A signed-in user who subscribes through the service. */
export async function newSubscriber(paydesk: Paydesk) {
  const userId = someUser();
  const user = await paydesk.user(userId);
  return {
    userId,
    user,
    subscribe: (priceId: string, headers?: Record<string, string>) =>
      user.post('/subscriptions/subscribe', { priceId, ...redirects }, headers),
    /** Also pays on the page. Returns the subscription as the service shows it. */
    start: async (priceId: string, card?: string) => {
      const { body } = await user.post('/subscriptions/subscribe', { priceId, ...redirects });
      await payOnPage(body.checkoutLink, card);
      return (await currentOf(user)).subscription;
    },
  };
}

/** The answer of `GET /subscriptions/current`. */
export async function currentOf(user: Caller) {
  return (await user.get('/subscriptions/current')).body;
}
