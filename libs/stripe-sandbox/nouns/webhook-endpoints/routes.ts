import { listPage, listParams } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { route, type Route } from '../../http/route.js';
import { createParams, updateParams } from './params.js';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  requireEndpointCapacity,
  updateWebhookEndpoint,
} from './webhook-endpoint.js';

export const webhookEndpointRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/webhook_endpoints',
    params: createParams,
    handle: ({ ctx, params }) => {
      requireEndpointCapacity(ctx);
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
