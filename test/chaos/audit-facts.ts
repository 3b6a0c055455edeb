import { idOf } from '#stripe/id-of.js';
import { groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { expectedPayment, paymentsAtStripe, type StripePayment } from './payments-at-stripe.js';
import type { Notification } from './notification.js';
import { expectNone, type Figure } from './verdict.js';

/** The types whose number this audit knows. The others report states that a payment may pass unnoticed. */
const COUNTED = new Set([
  'payment.succeeded',
  'payment.failed',
  'refund.succeeded',
  'refund.failed',
  'checkout.completed',
  'checkout.expired',
  'dispute.opened',
  'dispute.closed',
]);

/** Compares notifications with what happened at Stripe: each fact is told once, and nothing else is told. */
export function auditFacts({ stripe }: Bench, notifications: readonly Notification[]): Figure[] {
  const payments = paymentsAtStripe(stripe);
  const facts = new Set(payments.flatMap(factsOf));
  const passed = new Set(payments.flatMap(passedFactsOf));
  const told = groupBy(
    notifications.filter(({ type }) => COUNTED.has(type)),
    nameOf,
  );
  const bySubject = groupBy(notifications, ({ subject }) => subject);
  return [
    { what: 'notifications', count: notifications.length },
    expectNone(
      'facts without a notification',
      [...facts].filter((fact) => !told.has(fact)),
    ),
    expectNone(
      'notifications of what did not happen',
      [...told.keys()].filter((name) => !facts.has(name) && !passed.has(name)),
    ),
    expectNone(
      'facts that were told twice',
      [...told].filter(([, all]) => all.length > 1).map(([name]) => name),
    ),
    expectNone(
      'subjects whose sequence has gaps',
      [...bySubject].filter(([, all]) => !isGapless(all)).map(([subject]) => subject),
    ),
  ];
}

/** The notifications that are stored. */
export function storedNotifications(bench: Bench): Promise<Notification[]> {
  return bench.query<Notification>(
    'select id, type, subject, sequence::int, tenant, data from notifications order by position',
  );
}

/** The names of the facts that have to be told. */
function factsOf(payment: StripePayment): string[] {
  const { paymentID, status, refunds, disputes } = expectedPayment(payment);
  return [
    ...(status === 'ACCEPTED' ? [`payment.succeeded ${paymentID}`] : []),
    ...(status === 'FAILED' ? [`payment.failed ${paymentID}`] : []),
    ...checkoutFacts(payment),
    ...refunds
      .filter((refund) => refund.status !== 'PENDING')
      .map(({ refundID, status: end }) => {
        const type = end === 'SUCCEEDED' ? 'refund.succeeded' : 'refund.failed';
        return `${type} ${paymentID} ${refundID}`;
      }),
    ...disputes.map(({ disputeID }) => `dispute.opened ${paymentID} ${disputeID}`),
    ...disputes
      .filter((dispute) => dispute.status !== 'OPEN')
      .map(({ disputeID }) => `dispute.closed ${paymentID} ${disputeID}`),
  ];
}

/** A refund can fail after it has succeeded: https://docs.stripe.com/refunds#failed-refunds */
function passedFactsOf(payment: StripePayment): string[] {
  const { paymentID, refunds } = expectedPayment(payment);
  const failed = refunds.filter(({ status }) => status === 'FAILED');
  return failed.map(({ refundID }) => `refund.succeeded ${paymentID} ${refundID}`);
}

function checkoutFacts({ session }: StripePayment): string[] {
  if (!session || session.status === 'open') return [];
  const type = session.status === 'complete' ? 'checkout.completed' : 'checkout.expired';
  return [`${type} ${idOf(session.subscription) ?? session.id}`];
}

function nameOf({ type, subject, data: { refund, dispute } }: Notification): string {
  const isOfPart = type.startsWith('refund.') || type.startsWith('dispute.');
  const part = isOfPart ? (refund?.refundID ?? dispute?.disputeID) : undefined;
  return [type, subject, ...(part === undefined ? [] : [part])].join(' ');
}

function isGapless(notifications: readonly Notification[]): boolean {
  const sequences = notifications.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
  return sequences.every((sequence, index) => sequence === index + 1);
}
