import type { IncomingMessage } from 'node:http';
import Stripe from 'stripe';

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;

/**
 * stripe-node's own HTTP client, except that the whole response body must arrive within the timeout. stripe-node
 * restarts its timeout with every byte, so a slow response could occupy a connection without limit.
 */
export function createBoundedHttpClient(): HttpClient {
  const client = Stripe.createNodeHttpClient();
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const [, , , , , , , timeoutMs] = request;
    const response = await send(...request);
    const body = response.getRawResponse() as IncomingMessage;
    const timer = setTimeout(() => body.destroy(), timeoutMs);
    body.once('close', () => clearTimeout(timer));
    return response;
  };
  return client;
}
