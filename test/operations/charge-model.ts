import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Answer, Caller } from '../support/caller.js';
import type { Paydesk } from '../support/paydesk.js';

/** Problems after which the same request may be sent again. */
const MAYBE_LATER = new Set(['outcome-unknown', 'provider-busy', 'provider-unreachable', 'in-progress']);

/** One charge, sent as often as a schedule says, and what must be true of it whatever happens. */
export class ModelledCharge {
  /** It tells whose payment is whose at Stripe, too. */
  private readonly key = randomUUID();
  /** What the caller was told for good, and must be told ever after. */
  private told: string | undefined;
  private wasSent = false;

  constructor(
    private readonly paydesk: Paydesk,
    private readonly partner: Caller,
    private readonly user: string,
    private readonly card: string,
  ) {}

  get isSettled(): boolean {
    return !this.wasSent || this.told !== undefined;
  }

  /** Sends it once, or several times at once. */
  async send(times = 1): Promise<void> {
    this.wasSent = true;
    const wasTold = this.told !== undefined;
    for (const answer of await Promise.all(Array.from({ length: times }, () => this.post('3000')))) {
      const what = whatOf(answer);
      if (!wasTold && MAYBE_LATER.has(what)) continue;
      this.told ??= `${answer.status} ${what}`;
      assert.equal(`${answer.status} ${what}`, this.told);
    }
  }

  /** A key stands for one request, from the first time on that it is sent. */
  async sendChanged(): Promise<void> {
    if (!this.wasSent) return;
    const { status, body } = await this.post('9900');
    assert.deepEqual([status, body.type], [422, 'urn:paydesk:idempotency-key-reused']);
  }

  /** Once or not at all, and just as the caller was told. */
  check(): void {
    const made = [...this.paydesk.sandbox.store.paymentIntents.newestFirst()].filter(
      ({ description }) => description === this.key,
    );
    assert.ok(made.length <= 1, `${made.length} payments for one charge`);
    const [payment] = made;
    if (payment) assert.equal(payment.amount, 3000);
    if (this.told === undefined) return;
    const expected = {
      succeeded: `201 ${payment?.id}`,
      requires_payment_method: '402 card-declined',
      nothing: '409 not-done',
    };
    assert.equal(this.told, expected[(payment?.status ?? 'nothing') as keyof typeof expected]);
  }

  private post(amount: string): Promise<Answer> {
    return this.partner.post(
      `/partners/user/${this.user}/payment_intent`,
      { amount, description: this.key, stripe_payment_method_id: this.card },
      { 'idempotency-key': this.key },
    );
  }
}

/** The payment's id, or the name of the problem. */
function whatOf({ headers, body }: Answer): string {
  return headers.get('location')?.split('/').at(-1) ?? body.type.replace('urn:paydesk:', '');
}
