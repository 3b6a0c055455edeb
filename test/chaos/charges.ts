import { auditOnce, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { makePayers } from './payers.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isDone, type Told, type Wish } from './told.js';
import type { Figure } from './verdict.js';

/** They share a customer, so that looking one up at Stripe means finding it among others. */
const CHARGES_PER_USER = 25;
const DECLINED_SHARE = 0.1;
const DECLINED = 'card-declined';
/** Minor units; each charge has an amount of its own. */
const LOWEST_AMOUNT = 1_000;

/** One charge that somebody wants. */
interface ChargeWish extends Wish {
  amount: number;
  isDeclined: boolean;
}

/**
 * Charges saved cards, each by a client of its own, and audits what became of them.
 *
 * @param meanwhile what else happens to the service
 */
export async function charges(bench: Bench, meanwhile = async () => {}): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const wanted = await chargeWishes(bench, key);
  addFaults(bench.stripe);
  const [told] = await Promise.all([sendAll(bench, key, wanted), meanwhile()]);
  const left = await settle(bench, key, told);
  const effects = groupBy(chargedAtStripe(bench), ({ description }) => description ?? '');
  const cases = wanted.map(({ name, amount, isDeclined }, index) => ({
    told: told[index]!,
    toldId: paymentIdOf(told[index]!),
    made: effects.get(name) ?? [],
    wantedAmount: amount,
    refusal: isDeclined ? DECLINED : undefined,
  }));
  return [...auditOnce(cases), ...left];
}

async function chargeWishes(bench: Bench, key: string): Promise<ChargeWish[]> {
  const { random, hardship } = bench;
  const payers = await makePayers(bench, key, Math.ceil(hardship.requests / CHARGES_PER_USER));
  return Array.from({ length: hardship.requests }, (_, index) => {
    const { user, good, bad } = payers[index % payers.length]!;
    const name = `charge-${index}`;
    const amount = LOWEST_AMOUNT + index;
    const isDeclined = random.next() < DECLINED_SHARE;
    return {
      name,
      amount,
      isDeclined,
      path: `/partners/user/${user}/payment_intent`,
      body: { amount, description: name, stripe_payment_method_id: isDeclined ? bad : good },
    };
  });
}

function paymentIdOf(told: Told): string | undefined {
  return isDone(told) ? told.location?.split('/').at(-1) : undefined;
}

function chargedAtStripe({ stripe }: Bench) {
  return stripe.ledger
    .list('payment_intent')
    .map(({ id }) => stripe.store.paymentIntents.get(id)!)
    .filter(({ status }) => status === 'succeeded');
}
