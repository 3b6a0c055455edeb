import type { ServerResponse } from 'node:http';
import type { StripeFailure } from './errors.js';
import { OWN_ACCOUNT } from './own-account.js';
import { stripeJson } from './stripe-json.js';

/** A response about to be sent. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The resource that the body shows. */
  resource?: object;
  /** Sends status, headers and body in another way than usual, for faults. */
  deliver?: (raw: ServerResponse, reply: Reply) => void;
}

/** @param origin the sandbox's base URL, as the caller reaches it */
export function success(resource: object, origin: string): Reply {
  return { status: 200, headers: {}, body: stripeJson(resource, origin), resource };
}

/** Stripe's error body. Source: https://docs.stripe.com/api/errors. */
export function failure(cause: StripeFailure, requestId: string): Reply {
  const { status, body } = cause;
  const error = {
    ...body,
    ...(body.code !== undefined && { doc_url: docUrlOf(body.code) }),
    request_log_url: `https://dashboard.stripe.com/${OWN_ACCOUNT}/test/workbench/logs?object=${requestId}`,
  };
  return { status, headers: cause.headers, body: stripeJson({ error }) };
}

/** Stripe's documentation page for an error code. */
export const docUrlOf = (code: string): string =>
  `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
