import { enabledEvents } from '../entities/event-types.js';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  requireRoomForEndpoint,
  updateWebhookEndpoint,
} from '../entities/webhook-endpoint.js';
import { listPage, listParams } from '../http/lists.js';
import { fromPath } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import { array, boolean, oneOf, required, string, unsettable } from '../http/params.js';
import { route, type Route } from '../http/route.js';

const events = array(oneOf(...enabledEvents));
const settings = { description: unsettable(string()), metadata: metadata() };

/** Source: https://docs.stripe.com/api/webhook_endpoints/create. */
export const createParams = {
  ...settings,
  api_version: string(),
  enabled_events: required(events),
  url: required(string()),
};

/** Source: https://docs.stripe.com/api/webhook_endpoints/update. */
export const updateParams = {
  ...settings,
  disabled: boolean(),
  enabled_events: events,
  url: string(),
};

export const webhookEndpointRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/webhook_endpoints',
    params: createParams,
    handle: ({ ctx, params }) => {
      requireRoomForEndpoint(ctx);
      return createWebhookEndpoint(ctx, params);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhook_endpoints',
    params: listParams,
    handle: ({ ctx, params }) =>
      listPage(ctx.store.webhookEndpoints, params, { url: '/v1/webhook_endpoints' }),
  }),
  route({
    method: 'GET',
    path: '/v1/webhook_endpoints/:endpoint',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.webhookEndpoints, path.endpoint),
  }),
  route({
    method: 'POST',
    path: '/v1/webhook_endpoints/:endpoint',
    params: updateParams,
    handle: ({ ctx, params, path }) =>
      updateWebhookEndpoint(ctx, fromPath(ctx.store.webhookEndpoints, path.endpoint), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:endpoint',
    params: {},
    handle: ({ ctx, path }) =>
      deleteWebhookEndpoint(ctx, fromPath(ctx.store.webhookEndpoints, path.endpoint)),
  }),
];
