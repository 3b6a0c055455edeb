import { createHash } from 'node:crypto';
import type { KeptReply } from '../store/records.js';
import { collectionOf } from '../store/collection-names.js';
import type { Store } from '../store/store.js';
import { take } from '../store/collection.js';
import { failures } from './errors.js';
import type { Caller } from './auth.js';
import type { Form, FormValue } from './form.js';
import type { Reply } from './reply.js';

const KEPT_FOR_SECONDS = 24 * 60 * 60;

/** A request that carries a key. */
export interface KeyedRequest {
  caller: Caller;
  key: string;
  path: string;
  fingerprint: string;
}

/** Hashes parameters; the order of names does not matter, that of array items does. */
export function fingerprintOf(form: Form): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(form)))
    .digest('base64');
}

const idOf = ({ caller, key }: KeyedRequest): string => `${caller} ${key}`;

function sorted(value: FormValue): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name]!)]));
}

/**
 * Replies by idempotency key. Replies to requests that failed before they began (permissions, validation, conflicts,
 * rate limits) are not kept; all others are, including 500s. Source: https://docs.stripe.com/api/idempotent_requests.
 */
export class Idempotency {
  readonly #store: Store;
  readonly #nowSeconds: () => number;
  readonly #inFlight = new Set<string>();

  constructor(store: Store, nowSeconds: () => number) {
    this.#store = store;
    this.#nowSeconds = nowSeconds;
  }

  /**
   * Returns the kept reply if this request was answered before; otherwise the key is in use until `end`.
   * @throws StripeFailure 400 for another request's key or a bad one, 409 for a key in use
   */
  begin(request: KeyedRequest): KeptReply | undefined {
    const { key, path, fingerprint } = request;
    const id = idOf(request);
    if (key.length < 1 || key.length > 255) throw failures.badKeyLength(key.length);
    const kept = this.#store.keptReplies.get(id);
    if (kept && this.#isValid(kept)) {
      if (kept.path !== path) throw failures.keyReusedForOtherPath(key, kept.path, path);
      if (kept.fingerprint !== fingerprint) throw failures.keyReusedWithOtherParams(key);
      if (!this.#inFlight.has(id)) return kept;
    }
    if (this.#inFlight.has(id)) throw failures.keyInUse(key);
    this.#inFlight.add(id);
    return undefined;
  }

  /** Ends the use of a key by its first request. */
  end(request: KeyedRequest): void {
    this.#inFlight.delete(idOf(request));
  }

  /** Keeps a reply, replacing an earlier one for the same key. */
  keep(request: KeyedRequest, requestId: string, reply: Reply): void {
    const id = idOf(request);
    const { path, fingerprint } = request;
    const { keptReplies } = this.#store;
    for (const expired of this.#expired()) keptReplies.remove(expired.id);
    const { status } = reply;
    const kept = {
      id,
      created: this.#nowSeconds(),
      path,
      fingerprint,
      requestId,
      status,
      ...this.#bodyOf(reply),
    };
    if (keptReplies.get(id)) keptReplies.update(id, kept);
    else keptReplies.insert(kept);
  }

  /** A reply's body as it is kept: by reference, if it shows an entity of the store and nothing else. */
  #bodyOf({ body, resource }: Reply): Pick<KeptReply, 'body' | 'resource'> {
    const { object, id } = (resource ?? {}) as { object?: string; id?: string };
    const collection = object === undefined ? undefined : collectionOf(object);
    const stored = collection && this.#store.collection(collection).get(id ?? '');
    if (stored === undefined || stored !== resource) return { body, resource: null };
    return { body: null, resource: stored as KeptReply['resource'] };
  }

  /** Two for each new reply, so that no single request has to remove many. */
  #expired(): KeptReply[] {
    const last = this.#nowSeconds() - KEPT_FOR_SECONDS;
    return take(2, this.#store.keptReplies.oldestFirst({ created: { first: -Infinity, last } }));
  }

  #isValid(kept: KeptReply): boolean {
    return this.#nowSeconds() < kept.created + KEPT_FOR_SECONDS;
  }
}
