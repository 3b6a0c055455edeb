import Stripe from 'stripe';
import { createBoundedHttpClient } from './bounded-http-client.js';
import { type StripeConnection } from './stripe-connection.js';

/** For silence, and for a whole reply; {@link StripeProvider} bounds the whole call. */
const TIMEOUT_MS = 10_000;

/** Makes the one client of the process. Telemetry is off: it would write to the home folder. */
export function createStripeClient({ secretKey, apiBase }: StripeConnection): Stripe {
  return new Stripe(secretKey, {
    ...(apiBase ? addressOf(apiBase) : {}),
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    httpClient: createBoundedHttpClient(),
    telemetry: false,
  });
}

function addressOf(apiBase: string): Pick<Stripe.StripeConfig, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(apiBase);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return { protocol: scheme, host: hostname, port: port || (scheme === 'http' ? 80 : 443) };
}
