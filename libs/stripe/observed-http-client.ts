import type { HttpClient, HttpResponse } from './bounded-http-client.js';
import { endpointOf } from './endpoint.js';
import { ExpectedRetries } from './expected-retries.js';

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

/** Makes an HTTP client report each request that it sends. */
export function observeRequests(client: HttpClient, observe: StripeObserver): HttpClient {
  const send = client.makeRequest.bind(client);
  const retries = new ExpectedRetries();
  client.makeRequest = async (...request) => {
    const [, , path, method, headers] = request;
    const id = `${method} ${path} ${String((headers as Record<string, unknown>)['Idempotency-Key'])}`;
    const isRetry = retries.take(id);
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
      return onDispose(response, () => retries.expect(id));
    } catch (error) {
      report();
      // stripe-node repeats a request without a response, but only once.
      if (!isRetry) retries.expect(id);
      throw error;
    }
  };
  return client;
}

/** stripe-node disposes of a response only before it repeats the request. */
function onDispose(response: HttpResponse, listen: () => void): HttpResponse {
  const dispose = response.dispose?.bind(response);
  response.dispose = () => {
    listen();
    dispose?.();
  };
  return response;
}
