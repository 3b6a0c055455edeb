import { auditOnce, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import type { Wish } from './client.js';
import { makePayers } from './payers.js';
import { addFaults } from './stripe.js';
import type { Figure } from './verdict.js';

/** They share a customer, so that looking one up at Stripe means finding it among others. */
const CHARGES_PER_USER = 25;
const DECLINED_SHARE = 0.1;
/** Minor units; each charge has an amount of its own. */
const LOWEST_AMOUNT = 1_000;

/** One charge that somebody wants, by whatever number of requests. */
interface Wanted extends Wish {
  /** Its description at Stripe, which tells whose effect is whose. */
  name: string;
  amount: number;
}

/**
 * Charges saved cards, each by a client of its own, and audits what became of them.
 *
 * @param meanwhile what else happens to the service
 */
export async function charges(bench: Bench, meanwhile = async () => {}): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const wanted = await makeWanted(bench, key);
  addFaults(bench.stripe);
  const [told] = await Promise.all([bench.sendAll(key, wanted), meanwhile()]);
  const left = await bench.settle();
  const effects = groupBy(chargedAtStripe(bench), ({ description }) => description ?? '');
  const cases = wanted.map(({ name, amount }, index) => {
    const { status, slug, location } = told[index]!;
    return {
      toldId: status === 201 ? location?.split('/').at(-1) : undefined,
      isRefused: slug === 'card-declined',
      made: effects.get(name) ?? [],
      wantedAmount: amount,
    };
  });
  return [...auditOnce(cases), ...left];
}

async function makeWanted(bench: Bench, key: string): Promise<Wanted[]> {
  const { random, hardship } = bench;
  const payers = await makePayers(bench, key, Math.ceil(hardship.requests / CHARGES_PER_USER));
  return Array.from({ length: hardship.requests }, (_, index): Wanted => {
    const { user, good, bad } = payers[index % payers.length]!;
    const name = `charge-${index}`;
    const amount = LOWEST_AMOUNT + index;
    const card = random.next() < DECLINED_SHARE ? bad : good;
    return {
      name,
      amount,
      path: `/partners/user/${user}/payment_intent`,
      body: { amount, description: name, stripe_payment_method_id: card },
    };
  });
}

function chargedAtStripe({ stripe }: Bench) {
  return stripe.ledger
    .list('payment_intent')
    .map(({ id }) => stripe.store.paymentIntents.get(id)!)
    .filter(({ status }) => status === 'succeeded');
}
