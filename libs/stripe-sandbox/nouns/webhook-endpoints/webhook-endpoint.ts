import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { createParams, updateParams } from './params.js';

/** Source: https://docs.stripe.com/webhooks#register-webhook. */
const MAX_ENDPOINTS = 16;

/** @throws StripeFailure 400 if the account has the maximum number of endpoints */
export function requireEndpointCapacity({ store }: Context): void {
  if (store.webhookEndpoints.size < MAX_ENDPOINTS) return;
  throw failures.invalidRequest(`You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`);
}

/**
 * Creates an endpoint. Only this result contains the secret.
 * Source: https://docs.stripe.com/api/webhook_endpoints/create.
 * @throws StripeFailure 400 for a URL that is not http or https
 */
export function createWebhookEndpoint(
  ctx: Context,
  params: Params<typeof createParams>,
  secret = newId('webhookSecret'),
): Stripe.WebhookEndpoint {
  const endpoint: Stripe.WebhookEndpoint = {
    id: newId('webhookEndpoint'),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: ctx.now(),
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    status: 'enabled',
    url: requireHttpUrl(params.url),
  };
  ctx.store.webhookEndpoints.insert(endpoint);
  ctx.store.endpointSecrets.insert({ id: endpoint.id, secret, isOwn: false });
  return { ...endpoint, secret };
}

/** Source: https://docs.stripe.com/api/webhook_endpoints/update. */
export function updateWebhookEndpoint(
  ctx: Context,
  before: Stripe.WebhookEndpoint,
  { disabled, description, metadata, url, enabled_events }: Params<typeof updateParams>,
): Stripe.WebhookEndpoint {
  return ctx.store.webhookEndpoints.update(before.id, {
    ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
    ...(description !== undefined && { description }),
    ...(enabled_events !== undefined && { enabled_events }),
    ...(url !== undefined && { url: requireHttpUrl(url) }),
    metadata: mergeMetadata(before.metadata, metadata),
  });
}

/** Deletes an endpoint with its pending deliveries. Source: https://docs.stripe.com/api/webhook_endpoints/delete. */
export function deleteWebhookEndpoint(
  { store }: Context,
  { id }: Stripe.WebhookEndpoint,
): Stripe.DeletedWebhookEndpoint {
  store.webhookEndpoints.remove(id);
  store.endpointSecrets.remove(id);
  const pending = [...store.deliveries.oldestFirst({ where: { endpoint: id } })];
  for (const delivery of pending) store.deliveries.remove(delivery.id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

/** The endpoint of the sandbox's options. */
export interface OwnEndpoint {
  url: string;
  /** Replaces the current secret, if given. */
  secret?: string;
  /** The types of events; all by default. */
  types?: readonly string[];
}

/**
 * Creates or updates the endpoint of the sandbox's options. There is only one: with a new URL it keeps its secret and its
 * pending deliveries.
 */
export function ensureWebhookEndpoint(
  ctx: Context,
  { url, secret, types = ['*'] }: OwnEndpoint,
): Stripe.WebhookEndpoint {
  const { webhookEndpoints, endpointSecrets } = ctx.store;
  const enabled_events = [...types] as Stripe.WebhookEndpointCreateParams.EnabledEvent[];
  const [own] = endpointSecrets.newestFirst({ where: { isOwn: true } });
  const [sameUrl] = webhookEndpoints.newestFirst({ where: { url } });
  const { id } = own ?? sameUrl ?? createWebhookEndpoint(ctx, { url, enabled_events });
  const kept = endpointSecrets.update(id, { isOwn: true, ...(secret !== undefined && { secret }) });
  const endpoint = webhookEndpoints.update(id, { url: requireHttpUrl(url), enabled_events });
  return { ...endpoint, secret: kept.secret };
}

function requireHttpUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw failures.invalidRequest('Invalid URL: An explicit scheme (such as https) must be provided.', {
      code: 'url_invalid',
      param: 'url',
    });
  }
  return url;
}
