import { auditOnce, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { makePayers } from './payers.js';
import { sendAll, sendUnanswered } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import type { Figure } from './verdict.js';

/** Several charges share a customer, so that a lookup at Stripe has to find one among others. */
const CHARGES_PER_USER = 25;
const DECLINED_SHARE = 0.1;
const DECLINED = 'card-declined';
/** Minor units. Each charge has another amount. */
const LOWEST_AMOUNT = 1_000;

/** A request for a charge. */
interface ChargeRequest extends PlannedRequest {
  amount: number;
  isDeclined: boolean;
}

/**
 * Charges saved cards, each by another client, and audits the charges.
 *
 * @param meanwhile runs at the same time
 */
export async function charges(bench: Bench, meanwhile = async () => {}): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const requests = await chargeRequests(bench, key);
  addFaults(bench.stripe);
  const [first] = await Promise.all([sendAll(bench, key, requests), meanwhile()]);
  const left = await settle(bench, key, first);
  const outcomes = await sendUnanswered(bench, key, first);
  const effects = groupBy(chargedAtStripe(bench), ({ description }) => description ?? '');
  const cases = requests.map(({ name, amount, isDeclined }, index) => ({
    outcome: outcomes[index]!,
    reportedId: paymentIdOf(outcomes[index]!),
    created: effects.get(name) ?? [],
    expectedAmount: amount,
    expectedProblem: isDeclined ? DECLINED : undefined,
  }));
  const unanswered = first.filter(({ status }) => status === undefined).length;
  return [
    ...auditOnce(cases),
    { what: 'answered only after the faults had ended', count: unanswered },
    ...left,
  ];
}

async function chargeRequests(bench: Bench, key: string): Promise<ChargeRequest[]> {
  const { random, options } = bench;
  const payers = await makePayers(bench, key, Math.ceil(options.requests / CHARGES_PER_USER));
  return Array.from({ length: options.requests }, (_, index) => {
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

function paymentIdOf(outcome: Outcome): string | undefined {
  return isSuccess(outcome) ? outcome.location?.split('/').at(-1) : undefined;
}

function chargedAtStripe({ stripe }: Bench) {
  return stripe.ledger
    .list('payment_intent')
    .map(({ id }) => stripe.store.paymentIntents.get(id)!)
    .filter(({ status }) => status === 'succeeded');
}
