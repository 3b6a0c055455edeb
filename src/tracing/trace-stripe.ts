import type { HttpClient } from '#stripe/bounded-http-client.js';
import { endpointOf } from '#stripe/endpoint.js';
import type { Tracing } from './tracing.js';

/** Makes an HTTP client record each request to Stripe, with Stripe's id of it, and send the `traceparent` along. */
export function traceStripe(client: HttpClient, tracing: Tracing): HttpClient {
  const send = client.makeRequest.bind(client);
  client.makeRequest = (host, port, path, method, headers, ...rest) => {
    const attributes = { 'http.request.method': method, 'server.address': host };
    return tracing.inChildSpan(
      { name: endpointOf(method, path), kind: 'client', attributes },
      async (span) => {
        const response = await send(host, port, path, method, { ...headers, ...span.headers }, ...rest);
        const status = response.getStatusCode();
        const requestId = response.getHeaders()['request-id'];
        span.set({
          'http.response.status_code': status,
          ...(typeof requestId === 'string' && { 'stripe.request_id': requestId }),
        });
        if (status >= 400) span.fail(String(status));
        return response;
      },
    );
  };
  return client;
}
