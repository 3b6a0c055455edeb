import { expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { SeededRandom } from '../../faults/random.js';
import { temporaryFolder } from '../folders.js';
import { openReceiver } from '../receiver.js';
import { allOf, Hammer } from './hammer.js';
import { killEarly, startSandbox } from './sandbox-process.js';

const KILLS = 8;
const WORKERS = 8;
/** Answers before a kill: few enough for the kills to be many, enough for all workers to be in the midst. */
const FEWEST = 10;
const MOST = 60;
/** About as long as a start takes. */
const START_MS = 600;

test.for(['a', 'b'])(
  'killed at any moment, it has all that it ever answered, whole and once (seed %s)',
  async (seed) => {
    const random = new SeededRandom(seed);
    const receiver = await openReceiver();
    const options = { dataDir: temporaryFolder(), webhook: receiver.url };
    const hammer = new Hammer(random);

    for (let kill = 0; kill < KILLS; kill++) {
      const sandbox = await startSandbox(options);
      for (const { answer, again, isReplay } of await hammer.repeatAnswered(sandbox)) {
        expect(again).toEqual(answer);
        expect(isReplay).toBe(true);
      }
      await hammer.hit(sandbox, WORKERS, FEWEST + Math.floor(random.next() * (MOST - FEWEST)));
      await killEarly(options, random.next() * START_MS);
    }

    const { url, stripe } = await startSandbox(options);
    await hammer.repeatAll(stripe);
    await fetch(`${url}/_sandbox/webhooks/flush`, { method: 'POST' });
    const customers = await allOf(stripe.customers.list({ limit: 100 }));
    const payments = await allOf(stripe.paymentIntents.list({ limit: 100 }));
    const charges = await allOf(stripe.charges.list({ limit: 100 }));
    const refunds = await allOf(stripe.refunds.list({ limit: 100 }));
    const events = await allOf(stripe.events.list({ limit: 100 }));

    const wished = [...customers, ...payments, ...refunds];
    expectSame(
      wished.map(({ metadata }) => metadata?.['key']),
      hammer.keys(),
    );

    expectSame(
      charges.map(({ payment_intent }) => payment_intent),
      idsOf(payments),
    );
    expect(payments.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    const refunded = charges.filter(({ amount_refunded }) => amount_refunded > 0);
    expectSame(
      refunds.map(({ charge }) => charge),
      idsOf(refunded),
    );

    const madeBy = (type: Stripe.Event['type']) =>
      events.filter((event) => event.type === type).map(({ data }) => (data.object as { id: string }).id);
    expectSame(madeBy('customer.created'), idsOf(customers));
    expectSame(madeBy('payment_intent.succeeded'), idsOf(payments));
    expectSame(madeBy('charge.succeeded'), idsOf(charges));
    expectSame(madeBy('refund.created'), idsOf(refunds));
    expectSame(idsOf(await ledgerAt(url)), idsOf([...wished, ...charges]));

    const told = receiver.received.map(({ body }) => (JSON.parse(body) as Stripe.Event).id);
    expectSame([...new Set(told)], idsOf(events));
    expect(events.filter(({ pending_webhooks }) => pending_webhooks !== 0)).toEqual([]);
  },
);

const idsOf = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);

/** Expects the same things, each as often, in whatever order. */
function expectSame(these: readonly unknown[], those: readonly string[]): void {
  expect(these.map(String).sort()).toEqual(those.toSorted());
}

async function ledgerAt(url: string): Promise<{ id: string }[]> {
  return (await (await fetch(`${url}/_sandbox/ledger`)).json()) as { id: string }[];
}
