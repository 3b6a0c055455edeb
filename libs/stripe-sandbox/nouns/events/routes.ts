import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { fromParam, fromPath } from '../../http/lookup.js';
import { array, boolean, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { resend } from '../../webhooks/delivery.js';

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
  route({
    // Only `stripe events resend` knows it: https://docs.stripe.com/webhooks#manual-retries.
    method: 'POST',
    path: '/v1/events/:id/retry',
    params: { for_stripecli: boolean(), webhook_endpoint: string() },
    handle: ({ ctx, path, params: { webhook_endpoint: id } }) => {
      const event = fromPath(ctx.store.events, path.id);
      if (id === undefined) throw noListener();
      const endpoint = fromParam(ctx.store.webhookEndpoints, id, 'webhook_endpoint');
      if (endpoint.status === 'enabled') return resend(ctx, event, endpoint);
      throw failures.invalidRequest('The webhook endpoint is disabled.', { param: 'webhook_endpoint' });
    },
  }),
];

/** Without an endpoint an event goes to `stripe listen`, which can't listen to the sandbox. */
const noListener = () =>
  failures.invalidRequest('No `stripe listen` is connected. Name an endpoint: `--webhook-endpoint we_...`.', {
    param: 'webhook_endpoint',
  });

/** `type` may name a group of events by `*`. Source: https://docs.stripe.com/api/events/list. */
function matcherOf(pattern: string): (type: string) => boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return (type) => type === pattern;
  return (type) => type.startsWith(pattern.slice(0, star)) && type.endsWith(pattern.slice(star + 1));
}
