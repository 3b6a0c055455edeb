import type { Bench } from './bench.js';
import type { Told } from './client.js';
import { addFaults } from './stripe.js';
import type { Figure } from './verdict.js';

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
      path: '/refund',
      // One asks for all that is left, whatever that is when its turn comes.
      body: index === REFUNDS_PER_PAYMENT / 2 ? { paymentID } : { paymentID, amount: `1.${index + 10}` },
    })),
  );
  addFaults(bench.stripe);
  const told = await bench.sendAll(key, wanted);
  const left = await bench.settle();
  return [...audit(bench, payments, told), ...left];
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

/** Stripe's refunds against what the clients were told, payment by payment. */
function audit({ stripe }: Bench, payments: readonly string[], told: readonly Told[]): Figure[] {
  const done = told.filter(({ status }) => status === 201);
  const refused = told.filter(({ slug }) => slug === 'refund-not-possible');
  const toldIds = new Map(done.map(({ body }) => [String(body.refundID), centsOf(body.amount)]));
  const made = stripe.ledger.list('refund');
  const madeIds = new Set(made.map(({ id }) => id));
  const charges = stripe.ledger.list('charge').map(({ id }) => stripe.store.charges.get(id)!);
  const overAsked = stripe.counters.list().find(({ route }) => route === 'POST /v1/refunds')?.statuses[400];
  return [
    { what: 'payments', count: payments.length },
    { what: 'told as done', count: done.length },
    { what: 'told as refused', count: refused.length },
    {
      what: 'told something else, or nothing',
      count: told.length - done.length - refused.length,
      expected: 0,
    },
    {
      what: 'doubled or phantom: nobody was told of it',
      count: made.filter(({ id }) => !toldIds.has(id)).length,
      expected: 0,
    },
    {
      what: 'lost: told as done, no effect',
      count: [...toldIds.keys()].filter((id) => !madeIds.has(id)).length,
      expected: 0,
    },
    { what: 'told twice', count: done.length - toldIds.size, expected: 0 },
    {
      what: 'wrong amount',
      count: made.filter(({ id, amount }) => toldIds.has(id) && toldIds.get(id) !== amount).length,
      expected: 0,
    },
    {
      what: 'over-refunded payments',
      count: charges.filter((charge) => charge.amount_refunded > PAID).length,
      expected: 0,
    },
    { what: 'Stripe asked for more than was left', count: overAsked ?? 0, expected: 0 },
    {
      what: 'cents refunded beyond, or short of, what was told',
      count: sumOf(charges.map((charge) => charge.amount_refunded)) - sumOf([...toldIds.values()]),
      expected: 0,
    },
  ];
}

function centsOf(decimal: unknown): number {
  return Number(String(decimal).replace('.', ''));
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
