import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Context } from '../context.js';
import { SeededRandom } from '../faults/random.js';
import { stripeJson } from '../http/stripe-json.js';
import { JournalError } from '../store/journal.js';
import type { Delivery } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { Behaviour } from './behaviour.js';
import { delay, recordAttempt } from './delivery.js';

/** Stripe does not publish how long an endpoint may take. */
const TIMEOUT_MS = 20_000;

/** How long an endpoint is paused when its result can't be stored: otherwise each tick would send the event again. */
const PAUSE_SECONDS = 5 * 60;

export interface WebhookSenderOptions {
  store: Store;
  clock: Clock;
  /** Runs a durable unit of work. */
  run: <T>(work: (ctx: Context) => T) => T;
  seed: string;
}

/**
 * Sends events to the webhook endpoints, to each endpoint one at a time and in order, unless its behaviour is changed.
 * A slow endpoint does not delay the others.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #closing = new AbortController();
  /** By endpoint, a promise for all its batches so far. */
  readonly #batches = new Map<string, Promise<void>>();
  /** By endpoint, a batch that has not begun; it will send what is due by then. */
  readonly #waiting = new Map<string, Promise<void>>();
  /** By endpoint, the Unix seconds until which due events are held back. */
  readonly #pausedUntil = new Map<string, number>();
  #behaviour: Behaviour = {};
  #random: SeededRandom;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    options.store.watch(({ collection, before, after }) => {
      if (collection === 'deliveries' && !before) void this.#deliverDueTo((after as Delivery).endpoint);
    });
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** Replaces the delivery faults and restarts their random sequence. */
  setBehaviour(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#random = new SeededRandom(behaviour.seed ?? this.#options.seed);
  }

  /** Deliveries that are still to be made, by due time. */
  pending(): Delivery[] {
    return [...this.#options.store.deliveries.oldestFirst()];
  }

  /** Sends what is due; resolves when each delivery has been tried once. */
  deliverDue(): Promise<void> {
    return this.#forEachEndpoint((endpoint) => this.#deliverDueTo(endpoint));
  }

  /** Sends everything now, including held, delayed and retried events; resolves when each has been tried once. */
  flush(): Promise<void> {
    return this.#forEachEndpoint((endpoint) =>
      this.#afterOthers(endpoint, () => this.#send(this.#undelivered(endpoint), { isFlush: true })),
    );
  }

  /** Stops sending; what is left is sent after a restart. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#batches.values());
  }

  #deliverDueTo(endpoint: string): Promise<void> {
    const waiting =
      this.#waiting.get(endpoint) ??
      this.#afterOthers(endpoint, async () => {
        this.#waiting.delete(endpoint);
        const now = this.#nowSeconds();
        if (this.#behaviour.hold || now < (this.#pausedUntil.get(endpoint) ?? 0)) return;
        await this.#send(this.#undelivered(endpoint, now));
      });
    this.#waiting.set(endpoint, waiting);
    return waiting;
  }

  async #forEachEndpoint(work: (endpoint: string) => Promise<void>): Promise<void> {
    const endpoints = [...this.#options.store.webhookEndpoints.oldestFirst()];
    await Promise.all(endpoints.map(({ id }) => work(id)));
  }

  #afterOthers(endpoint: string, work: () => Promise<void>): Promise<void> {
    const before = this.#batches.get(endpoint) ?? Promise.resolve();
    const batch = before.then(work).catch((error: Error) => {
      if (error instanceof JournalError) this.#pausedUntil.set(endpoint, this.#nowSeconds() + PAUSE_SECONDS);
      process.emitWarning(error);
    });
    this.#batches.set(endpoint, batch);
    return batch;
  }

  /** An endpoint's deliveries that are due at `by`. */
  #undelivered(endpoint: string, by = Infinity): Delivery[] {
    const created = { first: -Infinity, last: by };
    return [...this.#options.store.deliveries.oldestFirst({ where: { endpoint }, created })];
  }

  async #send(deliveries: Delivery[], { isFlush = false } = {}): Promise<void> {
    const { shuffle = false, concurrency = 1 } = this.#behaviour;
    const sent = deliveries.flatMap((delivery) => this.#applyBehaviour(delivery, isFlush));
    const left = (shuffle ? this.#random.shuffle(sent) : sent).values();
    const sendOneByOne = async () => {
      for (const delivery of left) {
        if (this.#closing.signal.aborted) return;
        await this.#attempt(delivery);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, sendOneByOne));
  }

  /** Drops, delays or multiplies a first attempt; returns the deliveries to send now. */
  #applyBehaviour(delivery: Delivery, isFlush: boolean): Delivery[] {
    if (delivery.attempts > 0 || delivery.isDelayed) return [delivery];
    const { dropShare = 0, delayShare = 0, delaySeconds = 60 } = this.#behaviour;
    const isDropped = this.#random.next() < dropShare;
    const isDelayed = this.#random.next() < delayShare;
    const copies = this.#drawCopies();
    const { run } = this.#options;
    if (isDropped) run(({ store }) => store.deliveries.remove(delivery.id));
    else if (isDelayed && !isFlush) run((ctx) => delay(ctx, delivery, delaySeconds));
    else return Array.from({ length: copies }, () => delivery);
    return [];
  }

  #drawCopies(): number {
    const { copiesMax, duplicateShare = 0 } = this.#behaviour;
    const drawn = this.#random.next();
    return copiesMax === undefined ? 1 + Number(drawn < duplicateShare) : 1 + Math.floor(drawn * copiesMax);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { store, run } = this.#options;
    const endpoint = store.webhookEndpoints.get(delivery.endpoint);
    const event = store.events.get(delivery.event);
    // Stripe does not send it later if the endpoint is disabled or deleted now.
    if (!event || endpoint?.status !== 'enabled') {
      run((ctx) => ctx.store.deliveries.remove(delivery.id));
      return;
    }
    const api_version = endpoint.api_version ?? event.api_version;
    const body = stripeJson({ ...event, api_version });
    const { secret } = store.endpointSecrets.get(endpoint.id)!;
    const isDelivered = await this.#post(endpoint.url, body, secret);
    if (!this.#closing.signal.aborted) run((ctx) => recordAttempt(ctx, delivery, isDelivered));
  }

  async #post(url: string, body: string, secret: string): Promise<boolean> {
    // AbortSignal.any with AbortSignal.timeout may never abort: https://github.com/nodejs/node/issues/57736
    const controller = new AbortController();
    const abort = () => controller.abort();
    const timer = setTimeout(abort, this.#behaviour.timeoutMs ?? TIMEOUT_MS);
    this.#closing.signal.addEventListener('abort', abort, { once: true });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'Stripe-Signature': signatureOf(body, secret, this.#nowSeconds()),
        },
        body,
        redirect: 'manual',
        signal: controller.signal,
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', abort);
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.nowMs() / 1000);
  }
}

/**
 * The `Stripe-Signature` header: HMAC-SHA256 of time and body, keyed by the whole `whsec_...`.
 * Source: https://docs.stripe.com/webhooks#verify-manually.
 */
function signatureOf(body: string, secret: string, nowSeconds: number): string {
  const signature = createHmac('sha256', secret).update(`${nowSeconds}.${body}`).digest('hex');
  return `t=${nowSeconds},v1=${signature}`;
}
