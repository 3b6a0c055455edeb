import Stripe from 'stripe';
import { HANDLED_EVENT_TYPES } from './event-types.js';

/** The end of the URL of every endpoint that is ours. */
export const WEBHOOK_PATH = '/webhooks/stripe';

/** An account has at most 16: https://docs.stripe.com/webhooks#register-webhook */
const ENDPOINTS_MAX = 100;

/** The endpoints of an account that are ours, newest first. */
export async function listEndpoints(stripe: Stripe): Promise<Stripe.WebhookEndpoint[]> {
  const { data } = await stripe.webhookEndpoints.list({ limit: ENDPOINTS_MAX });
  return data.filter(({ url }) => new URL(url).pathname.endsWith(WEBHOOK_PATH));
}

/** Creates an endpoint with exactly the events that we handle, in our API version. Only this result has its secret. */
export function createEndpoint(stripe: Stripe, url: string): Promise<Stripe.WebhookEndpoint> {
  return stripe.webhookEndpoints.create({
    url,
    enabled_events: [...HANDLED_EVENT_TYPES] as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
    api_version: Stripe.API_VERSION,
    description: 'Paydesk',
  });
}

/** The events that we handle and an endpoint does not send. */
export function missingEvents({ enabled_events: enabled }: Stripe.WebhookEndpoint): string[] {
  return enabled.includes('*') ? [] : HANDLED_EVENT_TYPES.filter((type) => !enabled.includes(type));
}
