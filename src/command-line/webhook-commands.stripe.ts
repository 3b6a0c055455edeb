import Stripe from 'stripe';
import {
  createEndpoint,
  listEndpoints,
  missingEvents,
  WEBHOOK_PATH,
} from '../webhooks/webhook-endpoint.stripe.js';

/**
 * Registers the webhook endpoint of this service at Stripe.
 *
 * @returns its signing secret and a newline
 * @throws {Error} for a URL that is not https or not ours, and if it is registered already
 */
export async function registerEndpoint(stripe: Stripe, url: string): Promise<string> {
  const { protocol, pathname } = URL.canParse(url) ? new URL(url) : {};
  if (protocol !== 'https:' || !pathname?.endsWith(WEBHOOK_PATH)) {
    throw new Error(`the URL must be https and end with ${WEBHOOK_PATH}`);
  }
  const existing = (await listEndpoints(stripe)).find((endpoint) => endpoint.url === url);
  if (existing) throw new Error(`${existing.id} has this URL already: remove it first`);
  return `${(await createEndpoint(stripe, url)).secret}\n`;
}

/** Lists the endpoints of this service: id, status, API version, URL, and what is wrong with each. */
export async function formatEndpoints(stripe: Stripe): Promise<string> {
  const endpoints = await listEndpoints(stripe);
  const lines = endpoints.map((endpoint) => {
    const { id, status, api_version: version, url } = endpoint;
    const lacking = missingEvents(endpoint);
    const fault = lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : [];
    return [id, status, version ?? 'default version', url, ...fault].join('  ');
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** Deletes an endpoint of this service at Stripe. @throws {Error} for an id that `list` does not show */
export async function removeEndpoint(stripe: Stripe, id: string): Promise<string> {
  const endpoint = (await listEndpoints(stripe)).find((listed) => listed.id === id);
  if (!endpoint) throw new Error('there is no such endpoint, as in: npm run -s webhook -- list');
  await stripe.webhookEndpoints.del(id);
  return `removed ${id}  ${endpoint.url}\n`;
}

/** Why a call to Stripe failed, in one line for the operator that repeats nothing of Stripe's. */
export function reasonOfStripe(error: unknown): string | undefined {
  if (!(error instanceof Stripe.errors.StripeError)) return undefined;
  if (error.statusCode === 401) return 'Stripe does not accept STRIPE_SECRET_KEY';
  if (error.statusCode === 403) return 'the key lacks the permission to write Webhook Endpoints';
  return `Stripe answers with an error (${error.statusCode ?? 'no answer'})`;
}
