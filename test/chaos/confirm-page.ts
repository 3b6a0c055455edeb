import { idOf } from '#stripe/id-of.js';
import { groupBy } from './audit.js';
import { storedNotifications } from './audit-facts.js';
import { type Shown, shownPayments } from './audit-record.js';
import type { Bench } from './bench.js';
import { completePage, Customer, type Ending, type PaidPage, PUBLIC_URL } from './customer.js';
import { settleEvents } from './events.js';
import type { Notification } from './notification.js';
import { describeOutcome, isSuccess, type Outcome } from './outcome.js';
import { runAtPace } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { expectNone, type Figure } from './verdict.js';

/** Settings of the instances. */
export const CONFIRM_PAGE_ENVIRONMENT = { PUBLIC_URL };

/**
 * Each payment is authenticated in one window and paid with another card in two or three; every second one is canceled. The
 * last windows find it decided and change nothing, so the kills are spread over the others.
 */
const REQUESTS_PER_PAYMENT = 3;
const AMOUNT = 3_000;
const AUTHENTICATION_REQUIRED = 'pm_card_authenticationRequired';

/** A charge that waits for its customer. */
interface Waiting {
  name: string;
  paymentID: string;
  path: string;
  link: string;
}

/** What came of one window, or of the partner's cancellation. */
interface Taken {
  name: string;
  ending?: Ending;
  cancellation?: Outcome;
}

/** Lets customers authenticate and pay with another card at once, while the partner cancels. */
export async function confirmPage(bench: Bench): Promise<Figure[]> {
  const partner = await bench.issueKey('partner', 'acme');
  const service = await bench.issueKey('service', 'shop');
  bench.registerWebhook();
  const count = Math.ceil(bench.options.requests / REQUESTS_PER_PAYMENT);
  const waiting = await Promise.all(
    Array.from({ length: count }, (_, index) => charge(bench, partner, index)),
  );
  addFaults(bench.stripe);
  const customers: Customer[] = [];
  const newCustomer = () => {
    const customer = new Customer(bench, customers.length);
    customers.push(customer);
    return customer;
  };
  const tasks = waiting.flatMap(({ name, path, link }, index) => {
    const isCanceled = index % 2 === 1;
    const another = async (): Promise<Taken> => ({
      name,
      ending: await newCustomer().payWithAnotherCard(link),
    });
    return [
      async (): Promise<Taken> => ({ name, ending: await newCustomer().authenticate(link) }),
      another,
      isCanceled
        ? async (): Promise<Taken> => ({ name, cancellation: await cancel(bench, partner, name, path) })
        : another,
      another,
    ];
  });
  const taken = await runAtPace(bench, tasks);
  const left = await settle(
    bench,
    partner,
    taken.flatMap(({ cancellation }) => cancellation ?? []),
  );
  // Whoever still has a page open tries to pay there again.
  const pages = [...customers.flatMap(({ paid }) => paid), ...openBankPages(bench)];
  await Promise.all(pages.map(completePage));
  const inbox = await settleEvents(bench);
  const shown = await shownPayments(bench, service);
  return [
    ...auditWaiting(bench, waiting, taken, { shown, notifications: await storedNotifications(bench) }),
    ...left,
    ...inbox,
  ];
}

/** The pages on which the bank still waits for a customer. Perhaps the service did not hear of them, but the customer did. */
function openBankPages({ stripe }: Bench): PaidPage[] {
  return [...stripe.store.paymentIntents.oldestFirst()].flatMap(({ next_action: action }) => {
    const url = action?.redirect_to_url?.url;
    return url ? [{ kind: 'bank' as const, url }] : [];
  });
}

async function charge(bench: Bench, partner: string, index: number): Promise<Waiting> {
  const name = `payment-${index}`;
  const path = `/partners/user/user-${index}`;
  const client = bench.client(partner);
  const { body } = await client.send({ name, path: `${path}/setup_intent`, body: {} });
  const [setupIntent = ''] = String(body.client_secret).split('_secret_');
  const { customer } = await bench.stripeClient.setupIntents.retrieve(setupIntent);
  const { id: card } = await bench.stripeClient.paymentMethods.attach(AUTHENTICATION_REQUIRED, {
    customer: idOf(customer) ?? '',
  });
  const refused = await client.send({
    name,
    path: `${path}/payment_intent`,
    body: { amount: AMOUNT + index, description: name, stripe_payment_method_id: card },
  });
  if (refused.slug !== 'authentication-required') throw new Error(`not refused: ${describeOutcome(refused)}`);
  const { paymentId: paymentID, confirm_url: link } = refused.body;
  return { name, paymentID, path: `${path}/payments/${paymentID}`, link };
}

function cancel(bench: Bench, partner: string, name: string, path: string): Promise<Outcome> {
  return bench.client(partner).send({ name: `end of ${name}`, path: `${path}/cancel`, body: {} });
}

/** Compares Stripe's PaymentIntents and pages with what customers, the partner, the record and notifications say. */
function auditWaiting(
  { stripe: { store } }: Bench,
  waiting: readonly Waiting[],
  taken: readonly Taken[],
  { shown, notifications }: { shown: readonly Shown[]; notifications: readonly Notification[] },
): Figure[] {
  const intents = groupBy([...store.paymentIntents.oldestFirst()], ({ description }) => description ?? '');
  const sessions = groupBy(
    [...store.checkoutSessions.oldestFirst()],
    ({ line_items: lines }) => lines?.data[0]?.description ?? '',
  );
  const byName = groupBy([...taken], ({ name }) => name);
  const bySubject = groupBy([...notifications], ({ subject }) => subject);
  const records = new Map(shown.map((one) => [one.paymentID, one]));
  const payments = waiting.map(({ name, paymentID }) => {
    const paid = (intents.get(name) ?? []).filter(({ status }) => status === 'succeeded');
    const of = byName.get(name) ?? [];
    const cancellations = of.flatMap(({ cancellation }) => cancellation ?? []);
    const types = (bySubject.get(paymentID) ?? []).map(({ type }) => type);
    const record = records.get(paymentID);
    const openPages = (sessions.get(name) ?? []).filter(({ status }) => status === 'open');
    const endings = of.flatMap(({ ending }) => ending ?? []);
    const line =
      `${name} ${paymentID}: ${(intents.get(name) ?? []).map(({ id, status }) => `${id} ${status}`).join(', ')} | ` +
      `${endings.join(', ')} | ${cancellations.map(describeOutcome).join()} | ${JSON.stringify(record?.['status'])} | ${types.join(', ')}`;
    return { paid, endings, cancellations, types, record, openPages, line };
  });
  type Payment = (typeof payments)[number];
  const none = (what: string, test: (payment: Payment) => boolean) =>
    expectNone(
      what,
      payments.filter(test).map(({ line }) => line),
    );
  const isPaid = ({ paid }: Payment) => paid.length > 0;
  const isCanceled = ({ cancellations }: Payment) => cancellations.some(isSuccess);
  const countOf = ({ types }: Payment, type: string) => types.filter((one) => one === type).length;
  return [
    { what: 'payments', count: payments.length },
    { what: '  paid', count: payments.filter(isPaid).length },
    { what: '  canceled', count: payments.filter(isCanceled).length },
    { what: '  failed', count: payments.filter((one) => !isPaid(one) && !isCanceled(one)).length },
    none('payments that were paid twice', ({ paid }) => paid.length > 1),
    none('paid, and reported as canceled', (one) => isPaid(one) && isCanceled(one)),
    // Stripe may fail for good to open the page for another card, when the PaymentIntent is canceled already.
    none(
      'neither paid, nor canceled, nor known as failed',
      (one) => !isPaid(one) && !isCanceled(one) && one.record?.['status'] !== 'FAILED',
    ),
    none('pages that are still open', ({ openPages }) => openPages.length > 0),
    none('cancellations with another outcome', ({ cancellations }) =>
      cancellations.some((one) => !isSuccess(one) && one.slug !== 'invalid-state'),
    ),
    none('customers who were told something else', (one) =>
      one.endings.some((ending) => ending === 'gave up' || ending === (isPaid(one) ? 'closed' : 'done')),
    ),
    none('payments of the record that differ from Stripe', (one) => !isTrue(one.record, one.paid)),
    none(
      'payments that were not notified of once',
      (one) =>
        countOf(one, 'payment.succeeded') !== (isPaid(one) ? 1 : 0) ||
        // If the customer has chosen another card, a cancellation closes the page for it.
        countOf(one, 'payment.canceled') + countOf(one, 'checkout.expired') !== (isPaid(one) ? 0 : 1),
    ),
  ];
}

/** Whether the record shows the PaymentIntent that was paid, or else a failure. */
function isTrue(record: Shown | undefined, [paid]: readonly { id: string; amount: number }[]): boolean {
  if (!paid) return record?.['status'] === 'FAILED';
  const { paymentIntent } = (record?.['stripe'] ?? {}) as { paymentIntent?: string };
  return (
    record?.['status'] === 'ACCEPTED' &&
    record['amount'] === (paid.amount / 100).toFixed(2) &&
    paymentIntent === paid.id
  );
}
