import { idOf } from '#stripe/id-of.js';
import type { Effect } from '#sandbox/control/ledger.js';
import type { Bench } from './bench.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isDone, storyOf, type Told } from './told.js';
import { type Figure, never } from './verdict.js';

const REFUNDS_PER_PAYMENT = 20;
/** Minor units, enough for about half of the refunds that are asked for. */
const PAID = 2_000;

/** Refunds payments, each by many clients at once that together ask for more than was paid. */
export async function refunds(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const count = Math.ceil(bench.hardship.requests / REFUNDS_PER_PAYMENT);
  const payments = await Promise.all(Array.from({ length: count }, () => pay(bench)));
  const wanted = payments.flatMap((paymentID) =>
    Array.from({ length: REFUNDS_PER_PAYMENT }, (_, index) => ({
      name: `refund ${index} of ${paymentID}`,
      path: '/refund',
      // One asks for all that is left, whatever that is when its turn comes.
      body: index === REFUNDS_PER_PAYMENT / 2 ? { paymentID } : { paymentID, amount: `1.${index + 10}` },
    })),
  );
  addFaults(bench.stripe);
  const told = await sendAll(bench, key, wanted);
  const left = await settle(bench, key, told);
  return [
    { what: 'payments', count: payments.length },
    ...auditTold(bench, told),
    ...auditPayments(bench, told),
    ...left,
  ];
}

async function pay({ stripeClient }: Bench): Promise<string> {
  const { id } = await stripeClient.paymentIntents.create({
    amount: PAID,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://example.com/paid',
  });
  return id;
}

/** Stripe's refunds against what the clients were told. */
function auditTold({ stripe }: Bench, told: readonly Told[]): Figure[] {
  const done = told.filter(isDone);
  const refused = told.filter(({ slug }) => slug === 'refund-not-possible');
  const others = told.filter((one) => !isDone(one) && !refused.includes(one));
  const made = new Map(stripe.ledger.list('refund').map((refund) => [refund.id, refund]));
  const toldIds = new Set(done.map(({ body }) => String(body.refundID)));
  return [
    { what: 'told as done', count: done.length },
    { what: 'told as refused', count: refused.length },
    never('told something else, or nothing', others.map(storyOf)),
    never(
      'doubled or phantom: nobody was told of it',
      [...made.values()].filter(({ id }) => !toldIds.has(id)).map(describe),
    ),
    never('lost: told as done, no effect', done.filter(({ body }) => !made.has(body.refundID)).map(storyOf)),
    { what: 'told twice', count: done.length - toldIds.size, expected: 0 },
    never('wrong amount', done.filter((one) => isWrong(one, made.get(one.body.refundID))).map(storyOf)),
  ];
}

/** What is refunded, payment by payment. */
function auditPayments({ stripe }: Bench, told: readonly Told[]): Figure[] {
  const charges = stripe.ledger.list('charge').map(({ id }) => stripe.store.charges.get(id)!);
  const toldCents = (payment: string | undefined) =>
    sumOf(told.filter((one) => isDone(one) && one.body.paymentID === payment).map(centsOf));
  const lines = charges.map(({ payment_intent: intent, amount_refunded: refunded }) => {
    const payment = idOf(intent);
    const toldOf = toldCents(payment);
    return { refunded, toldOf, line: `${payment}: ${refunded} of ${PAID} refunded, told of ${toldOf}` };
  });
  const overAsked = stripe.counters.list().find(({ route }) => route === 'POST /v1/refunds')?.statuses[400];
  return [
    never(
      'over-refunded payments',
      lines.filter(({ refunded }) => refunded > PAID).map(({ line }) => line),
    ),
    { what: 'Stripe asked for more than was left', count: overAsked ?? 0, expected: 0 },
    never(
      'payments refunded beyond, or short of, what was told',
      lines.filter((of) => of.refunded !== of.toldOf).map(({ line }) => line),
    ),
  ];
}

function isWrong(told: Told, refund: Effect | undefined): boolean {
  return refund !== undefined && refund.amount !== centsOf(told);
}

/** The amount that a client was told of, a decimal. */
function centsOf({ body }: Told): number {
  return Number(String(body.amount).replace('.', ''));
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

function describe({ id, amount, metadata }: Effect): string {
  return `${id} of ${amount}, operation ${metadata['operation_id']}`;
}
