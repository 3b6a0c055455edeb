import type Stripe from 'stripe';

/** The fields of Stripe's `error` object that vary by error; the reply adds doc_url and request_log_url. */
export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  /** Undocumented: some errors have it instead of a code. */
  message_code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  network_advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
  setup_intent?: Stripe.SetupIntent;
}

/** An error reply of Stripe's. Throwing it does not undo what was written before. */
export class StripeFailure extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Record<string, string>;

  constructor(status: number, body: ErrorBody, headers: Record<string, string> = {}) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const invalid = (message: string, code?: string, param?: string, status = 400): StripeFailure =>
  new StripeFailure(status, {
    type: 'invalid_request_error',
    message,
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
  });

const unauthorized = (message: string, scheme: 'Basic' | 'Bearer'): StripeFailure =>
  new StripeFailure(
    401,
    { type: 'invalid_request_error', message },
    { 'WWW-Authenticate': `${scheme} realm="Stripe"` },
  );

const HELP = 'https://support.stripe.com/';
const TRAILING_SLASH =
  ' If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code.';

/**
 * Stripe's errors with their messages. The rules of a noun add theirs with `invalidRequest`.
 * Source: https://docs.stripe.com/error-codes and https://docs.stripe.com/api/errors.
 */
export const failures = {
  noApiKey: () =>
    unauthorized(
      `You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at ${HELP}.`,
      'Basic',
    ),
  badApiKey: (key: string) => unauthorized(`Invalid API Key provided: ${maskKey(key)}`, 'Bearer'),
  secretKeyRequired: () =>
    invalid(
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
      'secret_key_required',
      undefined,
      403,
    ),
  otherAccount: (key: string, account: string) =>
    invalid(
      `The provided key '${maskKey(key)}' does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
      'account_invalid',
      undefined,
      403,
    ),
  /** Source: https://docs.stripe.com/connect/testing. */
  noConnect: () =>
    invalid(
      "You can only create new accounts if you've signed up for Connect, which you can do at https://dashboard.stripe.com/connect.",
    ),
  noPermission: () =>
    invalid(
      "The provided key 'rk_test_********************' does not have the required permissions for this endpoint.",
      undefined,
      undefined,
      403,
    ),
  badVersion: (version: string) => invalid(`Invalid Stripe API version: ${version}`),
  unknownUrl: (method: string, path: string) =>
    invalid(
      `Unrecognized request URL (${method}: ${path}).${path.endsWith('/') ? TRAILING_SLASH : ''} Please see https://stripe.com/docs or we can help at ${HELP}.`,
      undefined,
      undefined,
      404,
    ),
  badContentType: () =>
    invalid(
      `Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at ${HELP}.`,
    ),
  tooLarge: () => invalid('The request is too large.', undefined, undefined, 413),

  missing: (param: string) => invalid(`Missing required param: ${param}.`, 'parameter_missing', param),
  unknown: (param: string, suggestion?: string) =>
    invalid(
      `Received unknown parameter: ${param}${suggestion === undefined ? '' : `. Did you mean ${suggestion}?`}`,
      'parameter_unknown',
      param,
    ),
  unknownSeveral: (params: readonly string[]) =>
    invalid(`Received unknown parameters: ${params.join(', ')}`, 'parameter_unknown', params[0]),
  empty: (param: string) =>
    invalid(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
      'parameter_invalid_empty',
      param,
    ),
  badInteger: (param: string, value: string) =>
    invalid(`Invalid integer: ${value}`, 'parameter_invalid_integer', param),
  tooSmall: (param: string, least: number) =>
    invalid(`This value must be greater than or equal to ${least}.`, 'parameter_invalid_integer', param),
  tooBig: (param: string, most: number) =>
    invalid(`This value must be less than or equal to ${most}.`, 'parameter_invalid_integer', param),
  badUrl: (param: string) => invalid('Not a valid URL', 'url_invalid', param),
  badEmail: (param: string, email: string) =>
    invalid(`Invalid email address: ${email}`, 'email_invalid', param),
  badType: (expected: string, param: string, value: unknown) =>
    invalid(
      `Invalid ${expected}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      undefined,
      param,
    ),
  notOneOf: (param: string, allowed: readonly string[]) =>
    invalid(`Invalid ${param}: must be one of ${listOf(allowed)}`, undefined, param),
  tooLong: (param: string, most: number, value: string) =>
    invalid(
      `Invalid string: ${value.slice(0, 10)}...${value.slice(-10)}; must be at most ${most} characters`,
      undefined,
      param,
    ),
  metadataKeyTooLong: (param: string, key: string, length: number) =>
    invalid(
      `Metadata keys can have up to 40 characters, but you passed in a key that is ${length} characters. Invalid key: ${key}`,
      undefined,
      param,
    ),
  metadataValueTooLong: (param: string, value: string, length: number) =>
    invalid(
      `Metadata values can have up to 500 characters, but you passed in a value that is ${length} characters. Invalid value: ${value}`,
      undefined,
      param,
    ),
  metadataTooMany: (count: number) =>
    invalid(
      `Metadata can have up to 50 keys, but you've set ${count}. Email us at support+metadata@stripe.com for more information.`,
      undefined,
      'metadata',
    ),
  noLongerSupported: (param: string, code: string, message: string) => invalid(message, code, param),
  exclusive: (one: string, other: string) =>
    invalid(`Received both ${one} and ${other} parameters. Please pass in only one.`, undefined, one),
  notExpandable: (path: string) =>
    invalid(
      `This property cannot be expanded (${path}). You may want to try expanding one of its parent or child properties instead.`,
      undefined,
      'expand',
    ),
  tooDeep: (path: string) =>
    invalid(`You cannot expand more than 4 levels of a property. Property: ${path}`, undefined, 'expand'),

  /** An unknown id: 404 if it was in the path, 400 if it was a parameter. */
  noSuch: (called: string, id: string, param: string, status: 400 | 404) =>
    invalid(`No such ${called}: '${id}'`, 'resource_missing', param, status),

  keyReusedWithOtherParams: (key: string) =>
    new StripeFailure(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    }),
  keyReusedForOtherPath: (key: string, first: string, now: string) =>
    new StripeFailure(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${now}' vs '${first}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    }),
  keyInUse: (key: string) =>
    invalid(
      `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      'idempotency_key_in_use',
      undefined,
      409,
    ),
  badKeyLength: (length: number) =>
    invalid(
      `Idempotent key length is ${length}, which is outside accepted lengths. Idempotent Keys must be 1-255 characters long. If you're looking for a decent generator, try using a UUID defined by IETF RFC 4122.`,
    ),

  /** Not Stripe's: see `foreign-requests.ts`. */
  foreignHost: () =>
    invalid(
      'The sandbox answers only to its own host names. Add others with --host-name.',
      undefined,
      undefined,
      403,
    ),
  crossOrigin: () =>
    invalid('The sandbox takes no calls from pages of other origins.', undefined, undefined, 403),

  /** @param shouldRetry the `Stripe-Should-Retry` header, if any */
  rateLimited: (reason: string, shouldRetry?: boolean) =>
    new StripeFailure(
      429,
      {
        type: 'invalid_request_error',
        message:
          'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
        code: 'rate_limit',
      },
      {
        'Stripe-Rate-Limited-Reason': reason,
        ...(shouldRetry !== undefined && { 'Stripe-Should-Retry': String(shouldRetry) }),
      },
    ),
  /** Stripe's client libraries retry both by themselves, the 429 because of the header. */
  locked: (status: 409 | 429) =>
    new StripeFailure(
      status,
      {
        type: 'invalid_request_error',
        message:
          'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate. For more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.',
        code: 'lock_timeout',
      },
      status === 429 ? { 'Stripe-Should-Retry': 'true' } : {},
    ),

  internal: () =>
    new StripeFailure(500, {
      type: 'api_error',
      message: `An unknown error occurred. If this error persists, contact us at ${HELP}.`,
    }),

  /** An error of one noun's rules. */
  invalidRequest: (message: string, options: { code?: string; param?: string; status?: number } = {}) =>
    invalid(message, options.code, options.param, options.status),
};

/** "a", "a or b", "a, b, or c", as Stripe lists the values of an enum. */
function listOf(values: readonly string[]): string {
  if (values.length <= 2) return values.join(' or ');
  return `${values.slice(0, -1).join(', ')}, or ${values.at(-1)}`;
}

/** Stripe shows the prefix of a refused key and its last four characters. */
function maskKey(key: string): string {
  const prefix = /^[a-z]+_(?:test|live)_/.exec(key)?.[0] ?? '';
  const hidden = Math.max(0, key.length - prefix.length - 4);
  return `${prefix}${'*'.repeat(hidden)}${key.slice(prefix.length + hidden)}`;
}
