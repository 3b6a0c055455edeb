import Stripe from 'stripe';
import type { PlannedCall, PlannedParams } from '#core/dry-run.js';
import type { HttpClient } from './bounded-http-client.js';

type Request = Parameters<HttpClient['makeRequest']>;

/** Finds out what a call would send, without sending it. */
export async function recordCall(call: (stripe: Stripe) => Promise<unknown>): Promise<PlannedCall> {
  const httpClient = new RecordingHttpClient();
  const stripe = new Stripe('unused', { httpClient, maxNetworkRetries: 0, telemetry: false });
  const failure = await call(stripe).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!httpClient.recorded) throw new Error('nothing would be sent', { cause: failure });
  return httpClient.recorded;
}

class RecordingHttpClient extends Stripe.HttpClient {
  recorded: PlannedCall | undefined;

  override getClientName(): string {
    return 'recording';
  }

  override makeRequest(...[, , path, method, , body]: Request): Promise<never> {
    this.recorded = { method, path, params: nested(new URLSearchParams(body)) };
    return Promise.reject(new Error('this is a dry run'));
  }
}

/** Turns names such as `items[0][price]` into objects: https://docs.stripe.com/api/expanding_objects */
function nested(form: URLSearchParams): PlannedParams {
  const root = emptyParams();
  for (const [name, value] of form) {
    const path = name.split(/\[|\]\[|\]$/).filter((part) => part !== '');
    const last = path.pop() ?? name;
    let target = root;
    for (const part of path) {
      const next = target[part];
      target = typeof next === 'object' ? next : (target[part] = emptyParams());
    }
    target[last] = value;
  }
  return root;
}

/** Callers choose names in metadata, such as `__proto__`. */
function emptyParams(): PlannedParams {
  return Object.create(null) as PlannedParams;
}
