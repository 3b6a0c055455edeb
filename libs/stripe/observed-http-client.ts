import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpClient } from './bounded-http-client.js';
import { endpointOf } from './endpoint.js';

/** One request that was sent to Stripe. */
export interface StripeRequest {
  /** Such as `GET /v1/payment_intents/{id}`. */
  endpoint: string;
  /** The status of the response; undefined if none arrived. */
  status: number | undefined;
  /** Until the headers of the response arrived. */
  durationMs: number;
  /** Whether stripe-node sent the same request before, without a usable response. */
  isRetry: boolean;
}

/** Called for each request to Stripe. */
export type StripeObserver = (request: StripeRequest) => void;

/** Injection token of the {@link StripeObserver}, which may be undefined. */
export const STRIPE_OBSERVER = Symbol('STRIPE_OBSERVER');

const sentRequests = new AsyncLocalStorage<Set<string>>();

/** Makes a repetition of a request in `call` count as a retry. */
export function withRetriesObserved<T>(call: () => Promise<T>): Promise<T> {
  return sentRequests.run(new Set(), call);
}

/** Makes an HTTP client report each request that it sends. */
export function observeRequests(client: HttpClient, observe: StripeObserver): HttpClient {
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const [, , path, method] = request;
    const isRetry = !isFirst(`${method} ${path}`);
    const startMs = performance.now();
    const report = (status?: number) =>
      observe({
        endpoint: endpointOf(method, path),
        status,
        durationMs: performance.now() - startMs,
        isRetry,
      });
    try {
      const response = await send(...request);
      report(response.getStatusCode());
      return response;
    } catch (error) {
      report();
      throw error;
    }
  };
  return client;
}

/** stripe-node repeats a request with the same path; the next page of a list has another query. */
function isFirst(request: string): boolean {
  const sent = sentRequests.getStore();
  if (!sent) return true;
  const isNew = !sent.has(request);
  sent.add(request);
  return isNew;
}
