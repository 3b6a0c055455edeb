import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Context } from '../context.js';
import { SeededRandom } from '../faults/random.js';
import { JournalError } from '../store/journal.js';
import type { Delivery } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { Behaviour } from './behaviour.js';
import { delay, noteAttempt } from './delivery.js';

/** Stripe does not publish how long an endpoint may take. */
const TIMEOUT_MS = 20_000;

/** What cannot be noted as told would be told again at every tick: as long as until a first retry. */
const PAUSE_SECONDS = 5 * 60;

export interface CourierOptions {
  store: Store;
  clock: Clock;
  /** Does a durable unit of work. */
  run: <T>(work: (ctx: Context) => T) => T;
  seed: string;
}

/**
 * Tells the webhook endpoints what happened: to each endpoint one event at a time, in their order. One that does not
 * answer holds up no other.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #closing = new AbortController();
  /** By endpoint, all that it is being told and is to be told next. */
  readonly #turns = new Map<string, Promise<void>>();
  /** By endpoint, a turn that has not begun and will tell what is due then. */
  readonly #planned = new Map<string, Promise<void>>();
  /** By endpoint, the unix seconds until which it is told nothing that is merely due. */
  readonly #pausedUntil = new Map<string, number>();
  #behaviour: Behaviour = {};
  #random: SeededRandom;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    options.store.watch(({ collection, before, after }) => {
      if (collection === 'deliveries' && !before) void this.#deliverDueTo((after as Delivery).endpoint);
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

  /** What has not been told yet, by when it is due. */
  pending(): Delivery[] {
    return [...this.#options.store.deliveries.oldestFirst()];
  }

  /** Tells what is due; resolves when each of it has been tried once. */
  deliverDue(): Promise<void> {
    return this.#forEachEndpoint((endpoint) => this.#deliverDueTo(endpoint));
  }

  /** Tells everything now, held, delayed and waiting for a retry; resolves when each has been tried once. */
  flush(): Promise<void> {
    return this.#forEachEndpoint((endpoint) =>
      this.#inTurn(endpoint, () => this.#send(this.#undelivered(endpoint), { isFlush: true })),
    );
  }

  /** Breaks off: what is not told yet is told after a restart. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#turns.values());
  }

  #deliverDueTo(endpoint: string): Promise<void> {
    const planned =
      this.#planned.get(endpoint) ??
      this.#inTurn(endpoint, async () => {
        this.#planned.delete(endpoint);
        const now = this.#nowSeconds();
        if (this.#behaviour.hold || now < (this.#pausedUntil.get(endpoint) ?? 0)) return;
        await this.#send(this.#undelivered(endpoint, now));
      });
    this.#planned.set(endpoint, planned);
    return planned;
  }

  async #forEachEndpoint(work: (endpoint: string) => Promise<void>): Promise<void> {
    const endpoints = [...this.#options.store.webhookEndpoints.oldestFirst()];
    await Promise.all(endpoints.map(({ id }) => work(id)));
  }

  #inTurn(endpoint: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(endpoint) ?? Promise.resolve();
    const turn = before.then(work).catch((error: Error) => {
      if (error instanceof JournalError) this.#pausedUntil.set(endpoint, this.#nowSeconds() + PAUSE_SECONDS);
      process.emitWarning(error);
    });
    this.#turns.set(endpoint, turn);
    return turn;
  }

  /** What an endpoint is to be told, as far as it is due by then. */
  #undelivered(endpoint: string, by = Infinity): Delivery[] {
    const created = { first: -Infinity, last: by };
    return [...this.#options.store.deliveries.oldestFirst({ where: { endpoint }, created })];
  }

  async #send(batch: Delivery[], { isFlush = false } = {}): Promise<void> {
    const ordered = this.#behaviour.shuffle ? this.#random.shuffle(batch) : batch;
    const sent = ordered.flatMap((delivery) => this.#misdirect(delivery, isFlush));
    for (const delivery of sent) {
      if (this.#closing.signal.aborted) return;
      await this.#attempt(delivery);
    }
  }

  /** What becomes of a delivery at its first attempt: nothing, itself, or itself twice. */
  #misdirect(delivery: Delivery, isFlush: boolean): Delivery[] {
    if (delivery.attempts > 0 || delivery.isDelayed) return [delivery];
    const { dropShare = 0, delayShare = 0, delaySeconds = 60, duplicateShare = 0 } = this.#behaviour;
    const isDropped = this.#random.next() < dropShare;
    const isDelayed = this.#random.next() < delayShare;
    const isDuplicated = this.#random.next() < duplicateShare;
    const { run } = this.#options;
    if (isDropped) run(({ store }) => store.deliveries.remove(delivery.id));
    else if (isDelayed && !isFlush) run((ctx) => delay(ctx, delivery, delaySeconds));
    else return isDuplicated ? [delivery, delivery] : [delivery];
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

/**
 * The `Stripe-Signature` header: HMAC-SHA256 of time and body, keyed by the whole `whsec_...`.
 * Source: https://docs.stripe.com/webhooks#verify-manually.
 */
function signatureOf(body: string, secret: string, nowSeconds: number): string {
  const signature = createHmac('sha256', secret).update(`${nowSeconds}.${body}`).digest('hex');
  return `t=${nowSeconds},v1=${signature}`;
}
