import type { HttpClient, HttpResponse } from './bounded-http-client.js';
import { endpointOf } from './endpoint.js';
import type { PauseScope, RateLimitPauses } from './rate-limit-pauses.js';

/** https://docs.stripe.com/rate-limits#handling-limiting-gracefully */
const REASON_HEADER = 'stripe-rate-limited-reason';
const LIMITED_BODY = { error: { type: 'invalid_request_error', code: 'rate_limit' } };

/**
 * Makes an HTTP client pause an endpoint that Stripe limits, and all reads or all writes if Stripe says that the limit
 * is global. A read never pauses a write. During a pause, requests are answered 429 without being sent.
 */
export function pauseWhenRateLimited(client: HttpClient, pauses: RateLimitPauses): HttpClient {
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const [, , path, method] = request;
    const endpoint = endpointOf(method, path);
    const kind = method === 'GET' ? 'reads' : 'writes';
    const remainingMs = pauses.remainingMs([endpoint, kind]);
    if (remainingMs > 0) return limitedResponse(remainingMs);
    const sentMs = pauses.nowMs();
    const response = await send(...request);
    if (!(await isRateLimit(response))) {
      pauses.clear([endpoint, kind], sentMs);
      return response;
    }
    const scope = limitedScope(response, endpoint, kind);
    if (scope) pauses.pause(scope);
    return withRetryAfter(response, pauses.remainingMs([endpoint, kind]));
  };
  return client;
}

/**
 * What to pause. Nothing for a limit on one object, which does not concern other requests, nor if Stripe asks for an
 * immediate retry: https://docs.stripe.com/error-low-level
 */
function limitedScope(
  response: HttpResponse,
  endpoint: PauseScope,
  kind: PauseScope,
): PauseScope | undefined {
  if (response.getHeaders()['stripe-should-retry'] === 'true') return undefined;
  const reason = String(response.getHeaders()[REASON_HEADER] ?? '');
  if (reason === 'resource-specific') return undefined;
  return reason.startsWith('global-') ? kind : endpoint;
}

/** Stripe also answers 400 with the code, and 429 for a lock on one object. */
async function isRateLimit(response: HttpResponse): Promise<boolean> {
  const status = response.getStatusCode();
  if (status !== 400 && status !== 429) return false;
  const code = await errorCode(response);
  return code === 'rate_limit' || (status === 429 && code !== 'lock_timeout');
}

/** Reads the body, which can be read once only, and keeps it for stripe-node. */
async function errorCode(response: HttpResponse): Promise<string | undefined> {
  const body = Promise.resolve(response.toJSON() as { error?: { code?: string } });
  response.toJSON = () => body;
  try {
    return (await body).error?.code;
  } catch {
    return undefined;
  }
}

function withRetryAfter(response: HttpResponse, remainingMs: number): HttpResponse {
  const headers = { ...response.getHeaders(), ...retryAfterHeader(remainingMs) };
  response.getHeaders = () => headers;
  return response;
}

function limitedResponse(remainingMs: number): HttpResponse {
  return {
    getStatusCode: () => 429,
    getHeaders: () => retryAfterHeader(remainingMs),
    getRawResponse: () => undefined,
    toStream: () => {
      throw new Error('no response has arrived');
    },
    toJSON: () => Promise.resolve(LIMITED_BODY),
  };
}

function retryAfterHeader(remainingMs: number): Record<string, string> {
  return remainingMs > 0 ? { 'retry-after': String(Math.ceil(remainingMs / 1000)) } : {};
}
