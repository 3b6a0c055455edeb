import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import { Context, type Emit } from '../context.js';
import type { Change } from '../store/collection.js';
import { newId } from '../store/ids.js';
import type { Cause, KeptReply } from '../store/records.js';
import type { Store } from '../store/store.js';
import { authenticate, type Caller } from './auth.js';
import { fieldsForBrowser, errorForBrowser, withRequiredSecret } from './browser.js';
import { failures, StripeFailure } from './errors.js';
import { expand } from './expand.js';
import { decodeForm, type Form } from './form.js';
import { fingerprintOf, Idempotency, type KeyedRequest } from './idempotency.js';
import { readParams } from './params.js';
import { failure, success, type Reply } from './reply.js';
import type { Method, Route } from './route.js';
import { versionOf } from './versions.js';

/** A request as it was received. */
export interface WireRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  body: string;
  headers: Record<string, string | string[] | undefined>;
  /** The values of the path's parameters. */
  named: Record<string, string>;
}

/** The reply to a request; undefined is no reply at all. */
export type Outcome = Reply | undefined;

/**
 * Runs between a request and its effect, for fault injection. It may wait, reply with something else, or close the raw
 * connection without a reply, before or after `run`. `run` has the effect once, durably, even after the reply. A
 * StripeFailure that it throws becomes the reply.
 */
export type Interceptor = (
  request: WireRequest,
  run: () => Reply,
  raw: ServerResponse,
) => Outcome | Promise<Outcome>;

/** Called with each request and its reply. */
export type Observer = (request: WireRequest, outcome: Outcome) => void;

export interface PipelineOptions {
  store: Store;
  clock: Clock;
  emit: Emit;
  accountVersion: string;
  persist: (changes: readonly Change[]) => void;
  /** Runs the tasks that became due since the last request. */
  catchUp: () => void;
  intercept: Interceptor;
  observe?: Observer;
}

/** Path segments that are no ids: empty ones, and Stripe's search and preview routes, which the sandbox lacks. */
const NOT_IDS: ReadonlySet<string> = new Set(['', 'search', 'create_preview']);

/** The routes of Stripe Connect, which the account has not signed up for. */
const CONNECT = /^\/v1\/(accounts|account_links|account_sessions|application_fees|transfers)(\/|$)/;

/** The steps of every API request. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #idempotency: Idempotency;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#idempotency = new Idempotency(options.store, () => this.#nowSeconds());
  }

  /** Answers a request; `route` is undefined for an unknown path. */
  async answer(route: Route | undefined, request: WireRequest, raw: ServerResponse): Promise<Outcome> {
    const requestId = newId('request');
    const { accountVersion } = this.#options;
    let version = accountVersion;
    let reply: Outcome;
    try {
      const caller = authenticate(
        textOf(request.headers['authorization']),
        textOf(request.headers['stripe-account']),
      );
      version = versionOf(textOf(request.headers['stripe-version']), accountVersion);
      const isNamed = !Object.values(request.named).some((name) => NOT_IDS.has(name));
      if (!route && CONNECT.test(request.path)) throw failures.noConnect();
      if (!route || !isNamed) throw failures.unknownUrl(request.method, request.path);
      if (caller === 'browser' && !route.isForBrowsers) throw failures.secretKeyRequired();
      reply = await this.#answerOnce(new Attempt(route, request, requestId, version, caller), raw);
    } catch (error) {
      reply = failure(failureFrom(error), requestId);
    }
    this.#options.observe?.(request, reply);
    return reply && withHeaders(reply, { 'Request-Id': requestId, 'Stripe-Version': version });
  }

  /** Answers a request that could not be parsed, such as one with an unreadable URL. */
  refuse(cause: StripeFailure): Reply {
    const requestId = newId('request');
    const reply = failure(cause, requestId);
    return withHeaders(reply, { 'Request-Id': requestId, 'Stripe-Version': this.#options.accountVersion });
  }

  async #answerOnce(attempt: Attempt, raw: ServerResponse): Promise<Outcome> {
    const { requestId, keyed } = attempt;
    const kept = keyed && this.#idempotency.begin(keyed);
    try {
      let ran: Reply | undefined;
      const run = (): Reply => (ran ??= kept ? replayOf(kept, attempt.origin) : this.#run(attempt));
      const reply = await this.#intercepted(attempt, run, raw);
      if (!keyed || !reply) return reply;
      // A fault's reply in place of the real one, such as a 500 after the effect, is what a retry gets.
      if (!kept && reply.body !== ran?.body && isKept(reply)) {
        this.#idempotency.keep(keyed, requestId, reply);
        this.#commit(attempt.cause);
      }
      return withHeaders(reply, {
        'Idempotency-Key': keyed.key,
        'Original-Request': requestId,
        ...(isKept(reply) && reply.status < 500 && { 'Stripe-Should-Retry': 'false' }),
      });
    } finally {
      attempt.isAnswered = true;
      if (keyed && !kept) this.#idempotency.end(keyed);
    }
  }

  async #intercepted(
    { request, requestId }: Attempt,
    run: () => Reply,
    raw: ServerResponse,
  ): Promise<Outcome> {
    try {
      return await this.#options.intercept(request, run, raw);
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
      return failure(error, requestId);
    }
  }

  /** Validates, executes and commits a request in one synchronous step. */
  #run(attempt: Attempt): Reply {
    const { route, request, form, requestId, version, caller, keyed, cause, origin } = attempt;
    const isBrowser = caller === 'browser';
    const { store, clock, emit, accountVersion } = this.#options;
    this.#options.catchUp();
    let hasBegun = false;
    let reply: Reply;
    try {
      const { expand: paths = [], ...params } = readParams(
        isBrowser ? withRequiredSecret(route) : route.params,
        form,
        {
          version,
        },
      );
      hasBegun = true;
      const ctx = new Context({ store, clock, emit, cause, origin, accountVersion });
      const resource = route.handle({ ctx, params, path: request.named, expanded: paths });
      const whole = this.#expand(resource, paths);
      reply = success(isBrowser ? fieldsForBrowser(whole) : whole, origin);
    } catch (error) {
      if (!(error instanceof StripeFailure)) store.rollback();
      const stripeError = failureFrom(error);
      reply = failure(isBrowser ? errorForBrowser(stripeError) : stripeError, requestId);
    }
    if (keyed && hasBegun && !attempt.isAnswered && isKept(reply))
      this.#idempotency.keep(keyed, requestId, reply);
    this.#commit(cause);
    return reply;
  }

  #expand(resource: object, paths: readonly string[]): object {
    try {
      return expand(resource, paths, this.#options.store);
    } catch (error) {
      // Stripe checks the paths before it executes a request, so a refused one has no effect.
      this.#options.store.rollback();
      throw error;
    }
  }

  #commit(cause: Cause): void {
    this.#options.store.commit(this.#options.persist, cause);
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.nowMs() / 1000);
  }
}

/** An authenticated request and its id. */
class Attempt {
  readonly form: Form;
  readonly keyed: KeyedRequest | undefined;
  readonly cause: Cause;
  /** The sandbox's base URL, as the caller reaches it. */
  readonly origin: string;
  /** Whether the reply was sent. A later effect must not replace the reply that is kept for retries. */
  isAnswered = false;

  constructor(
    readonly route: Route,
    readonly request: WireRequest,
    readonly requestId: string,
    readonly version: string,
    readonly caller: Caller,
  ) {
    this.form = formOf(request);
    this.origin = `http://${textOf(request.headers['host'])}`;
    const key = textOf(request.headers['idempotency-key']);
    const isPost = (request.method as Method) === 'POST';
    this.keyed =
      key !== undefined && isPost
        ? { caller, key, path: request.path, fingerprint: fingerprintOf(this.form) }
        : undefined;
    this.cause = { requestId, idempotencyKey: this.keyed?.key ?? null, version };
  }
}

/** The error to reply with: a 500 for a bug in the sandbox, which is printed as a warning. */
function failureFrom(error: unknown): StripeFailure {
  if (error instanceof StripeFailure) return error;
  process.emitWarning(error as Error);
  return failures.internal();
}

/** @throws StripeFailure 400 for a body that is not a form */
function formOf({ headers, query, body }: WireRequest): Form {
  const contentType = textOf(headers['content-type']);
  if (body !== '' && contentType && !contentType.startsWith('application/x-www-form-urlencoded')) {
    throw failures.badContentType();
  }
  return { ...decodeForm(query), ...decodeForm(body) };
}

function replayOf({ requestId, status, body: own, resource }: KeptReply, origin: string): Reply {
  const body = own ?? success(resource!, origin).body;
  const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': requestId };
  return { status, body, headers };
}

/** Statuses of requests that were refused before they began: credentials, permissions, conflicts, rate limits. */
const NOT_BEGUN: ReadonlySet<number> = new Set([401, 403, 409, 429]);

const isKept = ({ status }: Reply): boolean => !NOT_BEGUN.has(status);

const withHeaders = (reply: Reply, headers: Record<string, string>): Reply => ({
  ...reply,
  headers: { ...headers, ...reply.headers },
});

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
