import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { createParams, updateParams } from './params.js';

/** Source: https://docs.stripe.com/webhooks#register-webhook: up to 16 endpoints an account. */
const MAX_ENDPOINTS = 16;

/** @throws StripeFailure 400 when the account has as many as it may */
export function requireEndpointCapacity({ store }: Context): void {
  if (store.webhookEndpoints.size < MAX_ENDPOINTS) return;
  throw failures.invalidRequest(`You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`);
}

/**
 * Answers with the secret, this once.
 * Source: https://docs.stripe.com/api/webhook_endpoints/create.
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
    url: requireUrl(params.url),
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
    ...(url !== undefined && { url: requireUrl(url) }),
    metadata: mergeMetadata(before.metadata, metadata),
  });
}

/** Source: https://docs.stripe.com/api/webhook_endpoints/delete. */
export function deleteWebhookEndpoint(
  { store }: Context,
  { id }: Stripe.WebhookEndpoint,
): Stripe.DeletedWebhookEndpoint {
  store.webhookEndpoints.remove(id);
  store.endpointSecrets.remove(id);
  const untold = [...store.deliveries.oldestFirst({ where: { endpoint: id } })];
  for (const delivery of untold) store.deliveries.remove(delivery.id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

/**
 * The endpoint that the sandbox is started with, for all events. There is one: told another URL, it moves there, with
 * its secret and what it has not been told yet. A secret that is given replaces the one it had.
 */
export function ensureWebhookEndpoint(ctx: Context, url: string, secret?: string): Stripe.WebhookEndpoint {
  const { webhookEndpoints, endpointSecrets } = ctx.store;
  const [own] = endpointSecrets.newestFirst({ where: { isOwn: true } });
  const [sameUrl] = webhookEndpoints.newestFirst({ where: { url } });
  const { id } = own ?? sameUrl ?? createWebhookEndpoint(ctx, { url, enabled_events: ['*'] });
  const kept = endpointSecrets.update(id, { isOwn: true, ...(secret !== undefined && { secret }) });
  return { ...webhookEndpoints.update(id, { url: requireUrl(url) }), secret: kept.secret };
}

function requireUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw failures.invalidRequest('Invalid URL: An explicit scheme (such as https) must be provided.', {
      code: 'url_invalid',
      param: 'url',
    });
  }
  return url;
}
