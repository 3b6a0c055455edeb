import Stripe from 'stripe';
import { type StripeConnection } from './stripe-connection.js';

/** stripe-node counts idle time only; {@link StripeProvider} bounds the whole call. */
const IDLE_TIMEOUT_MS = 10_000;

/** Makes the one client of the process. Telemetry is off: it would write to the home folder. */
export function createStripeClient({ secretKey, apiBase }: StripeConnection): Stripe {
  return new Stripe(secretKey, {
    ...(apiBase ? addressOf(apiBase) : {}),
    timeout: IDLE_TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
  });
}

function addressOf(apiBase: string): Pick<Stripe.StripeConfig, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(apiBase);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return { protocol: scheme, host: hostname, port: port || (scheme === 'http' ? 80 : 443) };
}
