import type { IncomingMessage } from 'node:http';
import Stripe from 'stripe';

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;

/**
 * stripe-node's own client, except that a reply must be whole within the timeout too, which stripe-node counts anew
 * with every byte: one that trickles in would keep its place among the calls for as long as it likes.
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
