import type { Scope } from './scope.js';

import type { Limit } from './guardrails.js';

interface ProblemType {
  /** HTTP status. */
  status: number;
  title: string;
  detail: string;
  /** Whether the same request under the same Idempotency-Key may succeed later. */
  retryable: boolean;
}

/**
 * Every failure that this service answers with, as RFC 9457 problem types `urn:paydesk:<slug>`.
 * The texts are fixed and ours: they never contain a message of Stripe's or the caller's input.
 */
export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    detail: 'The request is not valid; `errors` names each field and what is wrong with it.',
    retryable: false,
  },
  'idempotency-key-invalid': {
    status: 400,
    title: 'Invalid Idempotency-Key',
    detail:
      'Idempotency-Key must be sent once, as 1 to 255 visible ASCII characters. Some callers are required to send it.',
    retryable: false,
  },
  unauthorized: {
    status: 401,
    title: 'Not authenticated',
    detail: 'A valid bearer credential is required.',
    retryable: false,
  },
  'card-declined': {
    status: 402,
    title: 'Card declined',
    detail:
      'The card was declined. Another card, or a later attempt under a new Idempotency-Key, may succeed. If there is ' +
      '`confirm_url`, the customer can pay there.',
    retryable: false,
  },
  'authentication-required': {
    status: 402,
    title: 'Authentication required',
    detail:
      'The bank requires the customer to authenticate this payment. Send the customer to `confirm_url`, or complete it ' +
      'with Stripe.js and `clientSecret`.',
    retryable: false,
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    detail:
      'This credential is not allowed to call this route. `requiredScope` is the scope that its key lacks, if that is why.',
    retryable: false,
  },
  'limit-exceeded': {
    status: 403,
    title: 'Limit exceeded',
    detail:
      'A limit of this API key does not allow the request; `limit` names it. If there is `freeAt`, the same request ' +
      'with the same Idempotency-Key may succeed from then on.',
    retryable: false,
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    detail: 'The object does not exist, or this caller has no access to it.',
    retryable: false,
  },
  'not-done': {
    status: 409,
    title: 'Not done',
    detail:
      'The payment provider failed and did not do what was asked for. Repeat the request under a new Idempotency-Key.',
    retryable: false,
  },
  'needs-review': {
    status: 409,
    title: 'Needs review',
    detail: 'The outcome could not be determined automatically; it needs manual review.',
    retryable: false,
  },
  'in-progress': {
    status: 409,
    title: 'In progress',
    detail:
      'A request with this Idempotency-Key, or the request that started this payment, is still running. Repeat this ' +
      'request later, with the same key if it has one.',
    retryable: true,
  },
  'invalid-state': {
    status: 409,
    title: 'Wrong state',
    detail: 'The state of the object does not allow this request.',
    retryable: false,
  },
  'refund-not-possible': {
    status: 409,
    title: 'Refund not possible',
    detail: 'The payment is unpaid, disputed or already refunded, or the amount exceeds what is left of it.',
    retryable: false,
  },
  'insufficient-balance': {
    status: 409,
    title: 'Insufficient balance',
    detail:
      'The balance of our account at the payment provider is too low. Repeat the request with the same ' +
      'Idempotency-Key once there are funds; nothing is tried until then.',
    retryable: true,
  },
  'customer-email-required': {
    status: 409,
    title: 'Customer email required',
    detail:
      'The payment provider asks the customer by email where this refund is to go, and the customer has no email address. ' +
      'Set one, then send the request under a new Idempotency-Key.',
    retryable: false,
  },
  'already-subscribed': {
    status: 409,
    title: 'Already subscribed',
    detail: 'The user has a subscription to this product already; `subscriptionId` is its id.',
    retryable: false,
  },
  'already-started': {
    status: 409,
    title: 'Already started',
    detail:
      'A payment with this id of yours is open or paid already; `paymentId` is its id. Send `allowDuplicate` to start ' +
      'another one.',
    retryable: false,
  },
  'subscription-scheduled': {
    status: 409,
    title: 'Subscription scheduled',
    detail:
      'A subscription schedule manages this subscription. Change or release the schedule at the payment provider.',
    retryable: false,
  },
  'limit-reached': {
    status: 409,
    title: 'Limit reached',
    detail:
      'The payment provider limits how many of these one customer or payment may have. Remove one, then send the ' +
      'request under a new Idempotency-Key.',
    retryable: false,
  },
  'request-timeout': {
    status: 408,
    title: 'Request timeout',
    detail: 'The request took too long to arrive. Repeat it with the same Idempotency-Key.',
    retryable: true,
  },
  'payload-too-large': {
    status: 413,
    title: 'Payload too large',
    detail: 'The body must not exceed 100 kB.',
    retryable: false,
  },
  'range-not-satisfiable': {
    status: 416,
    title: 'Range not satisfiable',
    detail: 'The Range is reversed, or begins after the end of the file.',
    retryable: false,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be application/json in UTF-8, without a Content-Encoding.',
    retryable: false,
  },
  'amount-out-of-range': {
    status: 422,
    title: 'Amount out of range',
    detail: 'The amount is below the minimum or above the maximum for this currency.',
    retryable: false,
  },
  'currency-mismatch': {
    status: 422,
    title: 'Currency mismatch',
    detail:
      "The currency differs from that of the customer's subscriptions or payment method. Use the same currency.",
    retryable: false,
  },
  'customer-details-required': {
    status: 422,
    title: 'Customer details required',
    detail:
      "The payment provider needs the customer's correct name and address for this payment. Complete them, then send " +
      'the request under a new Idempotency-Key.',
    retryable: false,
  },
  'payment-method-unusable': {
    status: 422,
    title: 'Payment method unusable',
    detail: 'This payment method was removed, has expired or does not support this payment. Use another one.',
    retryable: false,
  },
  'item-unavailable': {
    status: 422,
    title: 'Item unavailable',
    detail: 'A product or price of this request is not for sale at the payment provider.',
    retryable: false,
  },
  'url-invalid': {
    status: 422,
    title: 'URL invalid',
    detail: 'The payment provider does not accept a URL of this request.',
    retryable: false,
  },
  'value-not-accepted': {
    status: 422,
    title: 'Value not accepted',
    detail: 'The payment provider does not accept a value of this request, such as an email address.',
    retryable: false,
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key reused',
    detail: 'This Idempotency-Key was used before for a different request.',
    retryable: false,
  },
  'date-in-past': {
    status: 422,
    title: 'Date in the past',
    detail: 'The day is already over in the business time zone.',
    retryable: false,
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many requests at once. Repeat the request later with the same Idempotency-Key.',
    retryable: true,
  },
  'too-many-attempts': {
    status: 429,
    title: 'Too many attempts',
    detail:
      'Too many charges or cards of this user, or too many of them were declined. Nothing was tried. Repeat the ' +
      'request with the same Idempotency-Key after the time in Retry-After.',
    retryable: true,
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    detail: 'A request may have at most 100 headers, and 16 kB of request line and headers.',
    retryable: false,
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    detail: 'An error occurred in this service. It has been logged.',
    retryable: false,
  },
  'provider-refused': {
    status: 502,
    title: 'Payment provider refused',
    detail:
      'The payment provider refused the request for a reason that this service does not know. What was asked for was not ' +
      'done. `providerCode` is its error code, if it gave one.',
    retryable: false,
  },
  unavailable: {
    status: 503,
    title: 'Unavailable',
    detail: 'This service is temporarily unavailable. Repeat the request with the same Idempotency-Key.',
    retryable: true,
  },
  'provider-misconfigured': {
    status: 503,
    title: 'Payment provider misconfigured',
    detail:
      'Payment provider rejected our credentials or account settings. Repeat the request later with the same ' +
      'Idempotency-Key.',
    retryable: true,
  },
  'provider-busy': {
    status: 503,
    title: 'Payment provider busy',
    detail:
      'The payment provider is slow or limits our request rate. Repeat the request with the same Idempotency-Key.',
    retryable: true,
  },
  'provider-unreachable': {
    status: 503,
    title: 'Payment provider unreachable',
    detail:
      'The payment provider cannot be reached. Repeat the request with the same Idempotency-Key, because it ' +
      'may still be carried out.',
    retryable: true,
  },
  'outcome-unknown': {
    status: 503,
    title: 'Outcome unknown',
    detail:
      'It is not known whether the payment provider carried this out. Repeat the request with the same ' +
      'Idempotency-Key only.',
    retryable: true,
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemSlug = keyof typeof PROBLEMS;

/** One error in the request: the path of the field, and a fixed text that follows the field's name. */
export interface FieldError {
  field: string;
  message: string;
}

/** Stripe's advice on charging a declined card again: https://docs.stripe.com/declines/card#retrying-issuer-declines */
export const ADVICE = ['confirm_card_data', 'do_not_try_again', 'try_again_later'] as const;
export type Advice = (typeof ADVICE)[number];

/** Details of one occurrence of a problem, beyond its type. */
export interface ProblemExtras {
  errors?: FieldError[];
  operationId?: string;
  /** Stripe's decline code; `generic_decline` for codes that must not be revealed. */
  declineCode?: string;
  /** When the card may be charged again, if its issuer says so. */
  advice?: Advice;
  /** Stripe's error code of a refusal that we do not know. */
  providerCode?: string;
  /** The payment that the customer has to authenticate, or that was started before. */
  paymentId?: string;
  /** Stripe's client secret of that payment, for Stripe.js. */
  clientSecret?: string;
  /** The page on which the customer can still pay. Whoever has the link can. */
  confirmUrl?: string;
  /** The subscription that the user has already. */
  subscriptionId?: string;
  /**
   * True if the schedule that the subscription had is gone although the request was refused: it was released for the request, or
   * had ended before. What it had not changed by then is not changed.
   */
  scheduleReleased?: true;
  /**
   * The Checkout pages that were closed for a request although it was refused, by id. Those that had expired by then are among them,
   * not those that were paid.
   */
  closedPages?: string[];
  /** The scope that the caller's key lacks. */
  requiredScope?: Scope;
  retryAfterSeconds?: number;
  /** The guardrail of the API key that refuses the request. */
  limit?: Limit;
  /** When that limit may allow it. */
  freeAt?: Date;
  /** Whether this repeats the answer to an earlier request. */
  replayed?: boolean;
  /** Whether the service works as it should, so that this is not logged as a failure. */
  isExpected?: boolean;
}

/** A failure of one of the types in {@link PROBLEMS}, sent to the caller as `application/problem+json`. */
export class Problem extends Error {
  readonly status: number;

  /**
   * @param slug the type of problem, a key of {@link PROBLEMS}
   * @param extras details for the caller
   * @param cause the underlying error, which is logged and never sent to the caller
   */
  constructor(
    readonly slug: ProblemSlug,
    readonly extras: ProblemExtras = {},
    cause?: unknown,
  ) {
    super(PROBLEMS[slug].title, { cause });
    this.name = 'Problem';
    this.status = PROBLEMS[slug].status;
  }

  /** A copy of the problem with more details. */
  with(extras: ProblemExtras): Problem {
    return new Problem(this.slug, { ...this.extras, ...extras }, this.cause);
  }
}

/** An `invalid-request` problem about one field. */
export function invalidField(field: string, message: string, cause?: unknown): Problem {
  return new Problem('invalid-request', { errors: [{ field, message }] }, cause);
}

/** A `not-found` problem about the object that `field` names. */
export function unknownObject(field: string, cause?: unknown): Problem {
  return new Problem('not-found', { errors: [{ field, message: 'no such object' }] }, cause);
}
