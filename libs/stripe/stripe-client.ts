import Stripe from 'stripe';
import { type Clock, SystemClock } from '#core/clock.js';
import { createBoundedHttpClient, type HttpClient } from './bounded-http-client.js';
import { RateLimitPauses } from './rate-limit-pauses.js';
import { observeRequests } from './observed-http-client.js';
import { pauseWhenRateLimited } from './rate-limited-http-client.js';
import { type StripeConnection } from './stripe-connection.js';
import type { StripeHooks } from './stripe-hooks.js';

/** For an idle socket and for a whole response body. `StripeProvider` limits the call with its retries. */
const TIMEOUT_MS = 10_000;
const MAX_NETWORK_RETRIES = 1;

/**
 * Creates a Stripe client. Telemetry is off because it writes to the home directory.
 *
 * @param httpClient sends its requests
 * @param maxNetworkRetries how often stripe-node repeats a request that was not answered
 */
export function createStripeClient(
  { secretKey, apiBase }: StripeConnection,
  httpClient: HttpClient = createHttpClient(),
  maxNetworkRetries = MAX_NETWORK_RETRIES,
): Stripe {
  return new Stripe(secretKey, {
    ...(apiBase ? addressFrom(apiBase) : {}),
    timeout: TIMEOUT_MS,
    maxNetworkRetries,
    httpClient,
    telemetry: false,
  });
}

/**
 * Creates the client that sends all requests of a process.
 *
 * @param clock times the pauses after rate limits
 * @param hooks into the HTTP client
 */
export function createHttpClient(
  clock: Clock = new SystemClock(),
  { observe, wrap = (client) => client }: StripeHooks = {},
): HttpClient {
  const client = wrap(createBoundedHttpClient());
  const observed = observe ? observeRequests(client, observe) : client;
  return pauseWhenRateLimited(observed, new RateLimitPauses(clock));
}

function addressFrom(apiBase: string): Pick<Stripe.StripeConfig, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(apiBase);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return { protocol: scheme, host: hostname, port: port || (scheme === 'http' ? 80 : 443) };
}
