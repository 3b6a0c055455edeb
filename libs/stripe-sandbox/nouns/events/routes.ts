import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { array, boolean, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';

export const eventRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/events',
    params: {
      ...collectionParams,
      delivery_success: boolean(),
      type: string(),
      types: array(string()),
    },
    handle: ({ ctx: { store }, params: { delivery_success: isDelivered, type, types, ...page } }) => {
      if (type !== undefined && types !== undefined) throw failures.exclusive('type', 'types');
      const matching = type === undefined ? undefined : store.events.valuesOf('type').filter(matcherOf(type));
      return listPage(store.events, page, {
        url: '/v1/events',
        where: { isDelivered },
        among: { type: matching ?? (types as Stripe.Event['type'][] | undefined) },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/events/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.events, path.id),
  }),
];

/** `type` may name a group of events by `*`. Source: https://docs.stripe.com/api/events/list. */
function matcherOf(pattern: string): (type: string) => boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return (type) => type === pattern;
  return (type) => type.startsWith(pattern.slice(0, star)) && type.endsWith(pattern.slice(star + 1));
}
