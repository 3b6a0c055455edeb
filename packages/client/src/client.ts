import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { KEYED_ROUTES } from './generated/keyed-routes.js';
import type { paths } from './generated/schema.js';
import { repeating } from './repeat.js';

export interface PaydeskClientOptions {
  /** For example `https://paydesk.internal`. */
  baseUrl: string;
  /** An API key, or a function that returns a token. */
  credential: string | (() => string | Promise<string>);
  /** How often a request is sent at most; 4 by default. */
  attempts?: number;
  /** Of one attempt; 30 s by default, longer than Paydesk waits for Stripe. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export type PaydeskClient = Client<paths>;

const ATTEMPTS = 4;
const TIMEOUT_MS = 30_000;

/**
 * A client of Paydesk. Requests that move money get an `Idempotency-Key` if they have none, which stays the same when
 * they are repeated. Pass your own, such as the id of an order, to keep it over a restart of your process.
 */
export function createPaydeskClient({
  baseUrl,
  credential,
  attempts = ATTEMPTS,
  timeoutMs = TIMEOUT_MS,
  fetch = globalThis.fetch,
}: PaydeskClientOptions): PaydeskClient {
  const client = createClient<paths>({
    baseUrl,
    fetch: repeating({ attempts, timeoutMs, fetch }),
  });
  client.use(withHeaders(credential));
  return client;
}

function withHeaders(credential: PaydeskClientOptions['credential']): Middleware {
  return {
    async onRequest({ request, schemaPath }) {
      const secret = typeof credential === 'string' ? credential : await credential();
      request.headers.set('authorization', `Bearer ${secret}`);
      const isKeyed = KEYED_ROUTES.has(`${request.method} ${schemaPath}`);
      if (isKeyed && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', crypto.randomUUID());
      }
      return request;
    },
  };
}
