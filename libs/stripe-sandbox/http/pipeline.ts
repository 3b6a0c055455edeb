import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import { Context } from '../context.js';
import type { Change } from '../store/collection.js';
import { newId } from '../store/ids.js';
import type { Store } from '../store/store.js';
import { authenticate } from './auth.js';
import { failures, StripeFailure } from './errors.js';
import { expand } from './expand.js';
import { decodeForm } from './form.js';
import { fingerprintOf, Idempotency, type KeptReply, type KeyedRequest } from './idempotency.js';
import { readParams } from './params.js';
import { failure, success, type Reply } from './reply.js';
import type { Method, Route } from './route.js';
import { LATEST_VERSION, versionOf } from './versions.js';

/** A request as it came over the wire. */
export interface WireRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  body: string;
  headers: Record<string, string | string[] | undefined>;
  /** What the route's path named. */
  named: Record<string, string>;
}

/**
 * Stands between a request and its effect, for fault injection: it may wait, answer something else, or end the
 * raw connection, before or after `run`, which has the effect once and makes it durable.
 */
export type Interceptor = (
  request: WireRequest,
  run: () => Reply,
  raw: ServerResponse,
) => Reply | Promise<Reply>;

export interface PipelineOptions {
  store: Store;
  clock: Clock;
  persist: (changes: readonly Change[]) => void;
  /** Does what time has brought about since the last request. */
  catchUp: () => void;
  intercept?: Interceptor;
}

/** The steps every API request goes through, whatever its noun. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #idempotency: Idempotency;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#idempotency = new Idempotency(options.store, () => this.#nowSeconds());
  }

  /** Answers a request; `route` is undefined for a path that leads nowhere. */
  async answer(route: Route | undefined, request: WireRequest, raw: ServerResponse): Promise<Reply> {
    const requestId = newId('request');
    let version = LATEST_VERSION;
    let reply: Reply;
    try {
      authenticate(textOf(request.headers['authorization']));
      version = versionOf(textOf(request.headers['stripe-version']));
      const isNamed = !Object.values(request.named).includes('');
      if (!route || !isNamed) throw failures.unknownUrl(request.method, request.path);
      reply = await this.#answerOnce(new Attempt(route, request, requestId, version), raw);
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
      reply = failure(error, requestId, this.#nowSeconds());
    }
    return {
      ...reply,
      headers: { 'Request-Id': requestId, 'Stripe-Version': version, ...reply.headers },
    };
  }

  async #answerOnce(attempt: Attempt, raw: ServerResponse): Promise<Reply> {
    const { request, requestId, keyed } = attempt;
    const kept = keyed && this.#idempotency.begin(keyed);
    if (kept) return replayOf(kept);
    try {
      let ran: Reply | undefined;
      const run = (): Reply => (ran ??= this.#run(attempt));
      const reply = await (this.#options.intercept?.(request, run, raw) ?? run());
      if (keyed && reply !== ran && isKept(reply)) {
        this.#idempotency.keep(keyed, requestId, reply);
        this.#commit();
      }
      return keyed
        ? withHeaders(reply, { 'Idempotency-Key': keyed.key, 'Original-Request': requestId })
        : reply;
    } finally {
      if (keyed) this.#idempotency.end(keyed);
    }
  }

  /** Reads, executes and commits: all of it or nothing, and nothing else in between. */
  #run(attempt: Attempt): Reply {
    const { route, request, requestId, version, keyed } = attempt;
    const { store, clock } = this.#options;
    this.#options.catchUp();
    let hasBegun = false;
    let reply: Reply;
    try {
      const { expand: paths, ...params } = readParams(route.params, formOf(request), { version });
      hasBegun = true;
      const cause = { requestId, idempotencyKey: keyed?.key ?? null, version };
      const origin = `http://${textOf(request.headers['host'])}`;
      const ctx = new Context(store, clock, cause, origin);
      const resource = route.handle({ ctx, params, path: request.named });
      reply = success(this.#expand(resource, paths));
    } catch (error) {
      if (!(error instanceof StripeFailure)) store.rollback();
      const known = error instanceof StripeFailure ? error : failures.internal();
      if (known !== error) process.emitWarning(error as Error);
      reply = failure(known, requestId, this.#nowSeconds());
    }
    if (keyed && hasBegun && isKept(reply)) this.#idempotency.keep(keyed, requestId, reply);
    this.#commit();
    return reply;
  }

  #expand(resource: object, paths: readonly string[] = []): object {
    try {
      return expand(resource, paths, this.#options.store);
    } catch (error) {
      // Stripe checks the paths first: a request refused for them has had no effect.
      this.#options.store.rollback();
      throw error;
    }
  }

  #commit(): void {
    this.#options.store.commit(this.#options.persist);
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.nowMs() / 1000);
  }
}

/** A request that has been let in, and who it is. */
class Attempt {
  readonly keyed: KeyedRequest | undefined;

  constructor(
    readonly route: Route,
    readonly request: WireRequest,
    readonly requestId: string,
    readonly version: string,
  ) {
    const key = textOf(request.headers['idempotency-key']);
    const isPost = (request.method as Method) === 'POST';
    this.keyed =
      key && isPost ? { key, path: request.path, fingerprint: fingerprintOf(request.body) } : undefined;
  }
}

/** @throws StripeFailure 400 for a body that is not a form */
function formOf({ headers, query, body }: WireRequest) {
  const contentType = textOf(headers['content-type']);
  if (body !== '' && contentType && !contentType.startsWith('application/x-www-form-urlencoded')) {
    throw failures.badContentType(contentType);
  }
  return { ...decodeForm(query), ...decodeForm(body) };
}

function replayOf({ id, requestId, status, body }: KeptReply): Reply {
  const headers = { 'Idempotent-Replayed': 'true', 'Idempotency-Key': id, 'Original-Request': requestId };
  return { status, body, headers };
}

const isKept = ({ status }: Reply): boolean => status !== 409 && status !== 429;

const withHeaders = (reply: Reply, headers: Record<string, string>): Reply => ({
  ...reply,
  headers: { ...headers, ...reply.headers },
});

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
