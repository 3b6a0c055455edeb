import type { Clock } from '../clock.js';
import type { Context } from '../context.js';
import { SeededRandom } from '../faults/random.js';
import type { Store } from '../store/store.js';
import type { Behaviour } from './behaviour.js';
import { noteAttempt, type Delivery } from './delivery.js';
import { signatureOf } from './signature.js';

/** Stripe does not publish how long an endpoint may take. */
const TIMEOUT_MS = 20_000;

export interface CourierOptions {
  store: Store;
  clock: Clock;
  /** Does a durable unit of work. */
  run: <T>(work: (ctx: Context) => T) => T;
  seed: string;
}

/** Tells the webhook endpoints what happened: to each endpoint one event at a time, in their order. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #closing = new AbortController();
  #behaviour: Behaviour = {};
  #random: SeededRandom;
  #turn: Promise<void> = Promise.resolve();
  #planned: Promise<void> | undefined;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    options.store.watch(({ collection, before }) => {
      if (collection === 'deliveries' && !before) void this.deliverDue();
    });
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** Replaces how deliveries go wrong, and begins its draws anew. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#random = new SeededRandom(behaviour.seed ?? this.#options.seed);
  }

  /** What has not been told yet, oldest first. */
  pending(): Delivery[] {
    return [...this.#options.store.deliveries.oldestFirst()];
  }

  /** Tells what is due; resolves when each of it has been tried once. */
  deliverDue(): Promise<void> {
    this.#planned ??= this.#inTurn(async () => {
      this.#planned = undefined;
      const now = this.#nowSeconds();
      if (!this.#behaviour.hold) await this.#send(this.pending().filter(({ dueAt }) => dueAt <= now));
    });
    return this.#planned;
  }

  /** Tells everything now, held, delayed and waiting for a retry; resolves when each has been tried once. */
  flush(): Promise<void> {
    return this.#inTurn(() => this.#send(this.pending(), { isFlush: true }));
  }

  /** Breaks off: what is not told yet is told after a restart. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turn;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    return this.#turn;
  }

  async #send(batch: Delivery[], { isFlush = false } = {}): Promise<void> {
    const ordered = this.#behaviour.shuffle ? this.#random.shuffle(batch) : batch;
    const sent = ordered.flatMap((delivery) => this.#misdirect(delivery, isFlush));
    const endpoints = [...new Set(sent.map(({ endpoint }) => endpoint))];
    await Promise.all(
      endpoints.map(async (own) => {
        for (const delivery of sent) if (delivery.endpoint === own) await this.#attempt(delivery);
      }),
    );
  }

  /** What becomes of a delivery at its first attempt: nothing, itself, or itself twice. */
  #misdirect(delivery: Delivery, isFlush: boolean): Delivery[] {
    if (delivery.attempts > 0 || delivery.dueAt > delivery.created) return [delivery];
    const { dropShare = 0, delayShare = 0, delaySeconds = 60, duplicateShare = 0 } = this.#behaviour;
    const isDropped = this.#random.next() < dropShare;
    const isDelayed = this.#random.next() < delayShare;
    const isDuplicated = this.#random.next() < duplicateShare;
    const { run } = this.#options;
    if (isDropped) run(({ store }) => store.deliveries.remove(delivery.id));
    else if (isDelayed && !isFlush) {
      const dueAt = delivery.created + delaySeconds;
      run(({ store }) => store.deliveries.update(delivery.id, { dueAt }));
    } else return isDuplicated ? [delivery, delivery] : [delivery];
    return [];
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { store, run } = this.#options;
    const endpoint = store.webhookEndpoints.get(delivery.endpoint);
    const event = store.events.get(delivery.event);
    // An endpoint that is disabled or gone when its turn comes is not told later either.
    if (!event || endpoint?.status !== 'enabled') {
      run((ctx) => ctx.store.deliveries.remove(delivery.id));
      return;
    }
    const api_version = endpoint.api_version ?? event.api_version;
    const body = JSON.stringify({ ...event, api_version }, undefined, 2);
    const { secret } = store.endpointSecrets.get(endpoint.id)!;
    const isDelivered = await this.#post(endpoint.url, body, secret);
    if (!this.#closing.signal.aborted) run((ctx) => noteAttempt(ctx, delivery, isDelivered));
  }

  async #post(url: string, body: string, secret: string): Promise<boolean> {
    const timeout = AbortSignal.timeout(this.#behaviour.timeoutMs ?? TIMEOUT_MS);
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
        signal: AbortSignal.any([timeout, this.#closing.signal]),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.nowMs() / 1000);
  }
}
