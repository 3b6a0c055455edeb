import Stripe from 'stripe';
import type { HttpClient, HttpResponse } from './bounded-http-client.js';

/** A code that is none of stripe-node's. */
const CLOSED = 'CONNECTION_CLOSED';

/**
 * Keeps stripe-node from repeating a request whose connection was closed. It does that once also if `maxNetworkRetries` is 0, though
 * Stripe may have got the first one: https://github.com/stripe/stripe-node/issues/1040
 */
export function sendOnce(client: HttpClient): HttpClient {
  return new SendOnceHttpClient(client);
}

class SendOnceHttpClient extends Stripe.HttpClient {
  constructor(private readonly client: HttpClient) {
    super();
  }

  override getClientName(): string {
    return this.client.getClientName();
  }

  override async makeRequest(...request: Parameters<HttpClient['makeRequest']>): Promise<HttpResponse> {
    try {
      return await this.client.makeRequest(...request);
    } catch (error) {
      throw isClosed(error)
        ? Object.assign(new Error(error.message, { cause: error }), { code: CLOSED })
        : error;
    }
  }
}

function isClosed(error: unknown): error is Error {
  const codes = Stripe.HttpClient.CONNECTION_CLOSED_ERROR_CODES;
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
