interface ProblemKind {
  status: number;
  title: string;
  detail: string;
  /** Whether the same request with the same Idempotency-Key may succeed later. */
  retryable: boolean;
}

/**
 * Every problem this service answers with, as RFC 9457 problem types `urn:paydesk:<slug>`.
 * The texts are ours and fixed: neither Stripe's words nor the caller's input are told on.
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
      'Idempotency-Key must be sent once and be 1 to 255 visible ASCII characters; some callers must send it.',
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
    detail: 'The card was declined; another card, or another attempt under a new Idempotency-Key, may work.',
    retryable: false,
  },
  'authentication-required': {
    status: 402,
    title: 'Authentication required',
    detail:
      'The bank asks the customer to authenticate this payment; finish it with Stripe.js and `clientSecret`.',
    retryable: false,
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    detail: 'This credential may not call this route.',
    retryable: false,
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    detail: 'There is no such object for this caller.',
    retryable: false,
  },
  'not-done': {
    status: 409,
    title: 'Not done',
    detail: 'The payment provider failed and has done nothing; send the request under a new Idempotency-Key.',
    retryable: false,
  },
  'needs-review': {
    status: 409,
    title: 'Needs review',
    detail: 'Whether this was done can not be told automatically; a person has to look at it.',
    retryable: false,
  },
  'in-progress': {
    status: 409,
    title: 'In progress',
    detail: 'A request with this Idempotency-Key is still running; repeat it later with the same key.',
    retryable: true,
  },
  'invalid-state': {
    status: 409,
    title: 'Wrong state',
    detail: 'The object is in a state that does not allow this.',
    retryable: false,
  },
  'refund-not-possible': {
    status: 409,
    title: 'Refund not possible',
    detail: 'The payment is unpaid, disputed or refunded already, or the amount is over what is left of it.',
    retryable: false,
  },
  'payload-too-large': {
    status: 413,
    title: 'Payload too large',
    detail: 'The body may be 100 kB at most.',
    retryable: false,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be application/json.',
    retryable: false,
  },
  'amount-out-of-range': {
    status: 422,
    title: 'Amount out of range',
    detail: 'The amount is below the minimum or above the maximum for this currency.',
    retryable: false,
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key reused',
    detail: 'This Idempotency-Key was used before with another request.',
    retryable: false,
  },
  'date-in-past': {
    status: 422,
    title: 'Date in the past',
    detail: 'The day is over already in the business time zone.',
    retryable: false,
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    detail: 'Slow down and repeat the request with the same Idempotency-Key.',
    retryable: true,
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    detail: 'Something is wrong on our side; it has been logged.',
    retryable: false,
  },
  unavailable: {
    status: 503,
    title: 'Unavailable',
    detail: 'A part of this service is away; repeat the request with the same Idempotency-Key.',
    retryable: true,
  },
  'provider-misconfigured': {
    status: 503,
    title: 'Payment provider refuses us',
    detail:
      'The payment provider does not accept our credentials; repeat the request with the same key later.',
    retryable: true,
  },
  'provider-busy': {
    status: 503,
    title: 'Payment provider busy',
    detail:
      'The payment provider is slow, or asks us to slow down; repeat the request with the same Idempotency-Key.',
    retryable: true,
  },
  'provider-unreachable': {
    status: 503,
    title: 'Payment provider unreachable',
    detail:
      'The payment provider can not be reached; repeat the request with the same Idempotency-Key, as it may ' +
      'still be done.',
    retryable: true,
  },
  'outcome-unknown': {
    status: 503,
    title: 'Outcome unknown',
    detail:
      'The payment provider did not answer clearly; repeat the request with the same Idempotency-Key only.',
    retryable: true,
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemSlug = keyof typeof PROBLEMS;

/** One thing that is wrong with the request: the field by its path, and a fixed text. */
export interface FieldError {
  field: string;
  message: string;
}

/** What a problem may tell beyond its kind. */
export interface ProblemExtras {
  errors?: FieldError[];
  operationId?: string;
  /** Stripe's decline code, never one of those that must not be told apart. */
  declineCode?: string;
  /** The payment that waits for its customer. */
  paymentId?: string;
  /** Stripe's client secret of that payment, for Stripe.js. */
  clientSecret?: string;
  retryAfterSeconds?: number;
  /** True where this is the answer to an earlier request, told again. */
  replayed?: boolean;
}

/** A failure with a name of its own, told to the caller as `application/problem+json`. */
export class Problem extends Error {
  readonly status: number;

  /**
   * @param slug which row of {@link PROBLEMS}
   * @param extras what else the caller may know
   * @param cause what happened underneath; logged, never told
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

  /** The same problem, told with more. */
  with(extras: ProblemExtras): Problem {
    return new Problem(this.slug, { ...this.extras, ...extras }, this.cause);
  }
}

/** A request refused for one field of it. */
export function invalidField(field: string, message: string, cause?: unknown): Problem {
  return new Problem('invalid-request', { errors: [{ field, message }] }, cause);
}

/** An object that the caller named in `field` and that does not exist for it. */
export function unknownObject(field: string, cause?: unknown): Problem {
  return new Problem('not-found', { errors: [{ field, message: 'no such object' }] }, cause);
}
