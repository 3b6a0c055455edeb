import { Stripe } from 'stripe';
import type { SeededRandom } from '../../faults/random.js';
import type { SandboxProcess } from './sandbox-process.js';

type Made = Stripe.Customer | Stripe.PaymentIntent | Stripe.Refund;
type Answer = Stripe.Response<Made>;

/** Something that was asked for, under a key of its own, and what it was answered with; undefined for nothing. */
interface Wish {
  key: string;
  ask: (stripe: Stripe) => Promise<Answer>;
  answer?: Made;
}

/** What a wish was answered with, at first and when it was asked for again. */
interface Repetition {
  answer: Made;
  again: Made;
  isReplay: boolean;
}

/** Makes things at a sandbox from several sides at once, and remembers what it was told. */
export class Hammer {
  readonly #random: SeededRandom;
  readonly #wishes: Wish[] = [];
  /** Payments that were answered and are not refunded. */
  readonly #refundable: string[] = [];
  #repeated = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The keys of all that was asked for. */
  keys(): string[] {
    return this.#wishes.map(({ key }) => key);
  }

  /** Asks for one thing after the other until so many are answered; then kills the sandbox under the others. */
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

  /** Asks again for everything that was answered since the last time. */
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

  /** Asks for everything again, so that what was lost with its connection is made after all. */
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

/** @throws whatever is an answer all the same */
function connectionLost(error: Error): undefined {
  if (!(error instanceof Stripe.errors.StripeConnectionError)) throw error;
}

/** All of a list, page by page. */
export const allOf = <T extends { id: string }>(list: Stripe.ApiListPromise<T>): Promise<T[]> =>
  list.autoPagingToArray({ limit: 10_000 });
