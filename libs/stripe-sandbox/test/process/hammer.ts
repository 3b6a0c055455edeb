import { Stripe } from 'stripe';
import type { SeededRandom } from '../../faults/random.js';
import type { SandboxProcess } from './sandbox-process.js';

type Made = Stripe.Customer | Stripe.PaymentIntent | Stripe.Refund;
type Answer = Stripe.Response<Made>;

/** A request with its own key, and the response; undefined if there was none. */
interface Wish {
  key: string;
  ask: (stripe: Stripe) => Promise<Answer>;
  answer?: Made;
}

/** The responses to a request and to its repetition. */
interface Repetition {
  answer: Made;
  again: Made;
  isReplay: boolean;
}

/** Sends concurrent requests to a sandbox, and remembers the responses. */
export class Hammer {
  readonly #random: SeededRandom;
  readonly #wishes: Wish[] = [];
  /** Payments with a response that are not refunded. */
  readonly #refundable: string[] = [];
  #repeated = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The keys of all requests. */
  keys(): string[] {
    return this.#wishes.map(({ key }) => key);
  }

  /** Sends requests until it has a number of responses, then kills the sandbox during the others. */
  async hit(sandbox: SandboxProcess, workers: number, answers: number): Promise<void> {
    let left = answers;
    let isOver = false;
    const work = async () => {
      while (!isOver) {
        const wish = this.#nextWish();
        const answer = await wish.ask(sandbox.stripe).catch(connectionLost);
        if (answer === undefined) return;
        this.#note(wish, answer);
        left -= 1;
        if (left > 0) continue;
        isOver = true;
        await sandbox.kill();
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  }

  /** Repeats all requests that got a response since the last call. */
  async repeatAnswered({ stripe }: SandboxProcess): Promise<Repetition[]> {
    const repetitions: Repetition[] = [];
    for (const { ask, answer } of this.#wishes.slice(this.#repeated)) {
      if (!answer) continue;
      const again = await ask(stripe);
      repetitions.push({ answer, again, isReplay: 'idempotent-replayed' in again.lastResponse.headers });
    }
    this.#repeated = this.#wishes.length;
    return repetitions;
  }

  /** Repeats all requests, so that those with a lost connection take effect. */
  async repeatAll(stripe: Stripe): Promise<void> {
    for (const { ask } of this.#wishes) await ask(stripe);
  }

  #note(wish: Wish, answer: Answer): void {
    wish.answer = answer;
    if (answer.object === 'payment_intent') this.#refundable.push(answer.id);
  }

  #nextWish(): Wish {
    const key = `wish ${this.#wishes.length}`;
    const wish = { key, ask: this.#asking(key) };
    this.#wishes.push(wish);
    return wish;
  }

  #asking(key: string): Wish['ask'] {
    const metadata = { key };
    const keyed = { idempotencyKey: key };
    const choice = this.#random.next();
    if (choice < 0.3) return (stripe) => stripe.customers.create({ metadata }, keyed);
    const paid = choice < 0.5 ? this.#refundable.pop() : undefined;
    if (paid) return (stripe) => stripe.refunds.create({ payment_intent: paid, metadata }, keyed);
    const payment = {
      amount: 1000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example/',
      metadata,
    };
    return (stripe) => stripe.paymentIntents.create(payment, keyed);
  }
}

/** @throws the error if it is a response */
function connectionLost(error: Error): undefined {
  if (!(error instanceof Stripe.errors.StripeConnectionError)) throw error;
}

/** All items of a list, page by page. */
export const allOf = <T extends { id: string }>(list: Stripe.ApiListPromise<T>): Promise<T[]> =>
  list.autoPagingToArray({ limit: 10_000 });
