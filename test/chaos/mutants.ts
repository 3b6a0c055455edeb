import type { RunOptions } from './bench.js';
import type { Mutation } from './build.js';
import type { Scenario } from './run-scenario.js';

/** A bug, and the run that finds it. */
interface Mutant {
  mutation: Mutation;
  scenario: Scenario;
  /** The figures that are then wrong. */
  failures: readonly string[];
  /** Where the run differs from {@link RUN_OPTIONS}. */
  options?: Partial<RunOptions>;
}

/** Of events and notifications: payments of each kind. */
const MIXED = { requests: 22 };

/**
 * Bugs that the audit must find, because an audit that cannot fail proves nothing. A bug in leases is not among them:
 * Stripe's idempotency key makes two attempts at once harmless. test/operations/ has the specs of leases, and of look-ups
 * 23 hours after the first attempt. That the audit finds nothing without a bug is shown by `npm run chaos`.
 */
export const MUTANTS: Mutant[] = [
  {
    mutation: {
      name: 'a fresh Stripe key for each attempt',
      changes: [
        {
          file: 'operations/operation-identity.js',
          text: 'generation === 1 ? `paydesk-${id}`',
          replacement: 'generation === 1 ? `paydesk-${id}-${Math.random()}`',
        },
      ],
    },
    scenario: 'charges',
    failures: ['doubled: more than one effect'],
  },
  {
    mutation: {
      name: 'an unknown outcome saved as final',
      changes: [
        {
          file: 'operations/operation-outcome.js',
          text: 'return (FINAL_PROBLEMS.has(problem.slug)',
          replacement: "return problem.slug === 'outcome-unknown' || (FINAL_PROBLEMS.has(problem.slug)",
        },
      ],
    },
    scenario: 'charges',
    failures: ['phantom: an effect that was not reported'],
  },
  {
    mutation: {
      name: 'no reservation of refunds',
      changes: [
        {
          file: 'refunds/refunds.service.js',
          text: 'return this.store.reserve(operationId, payment, requestedMinor);',
          replacement: 'return requestedMinor ?? payment.capturedMinor;',
        },
      ],
    },
    scenario: 'refunds',
    failures: ['refunds that Stripe refused'],
  },
  {
    mutation: {
      name: 'the payload of an event is applied, instead of what Stripe has now',
      changes: [
        {
          file: 'webhooks/event.stripe.js',
          text: 'const object = event.data.object;',
          replacement: `const object = event.data.object;
            (globalThis.payloads ??= new Map()).set(object.id, object);`,
        },
        {
          file: 'payments/payment-reader.stripe.js',
          text: 'stripe.paymentIntents.retrieve(id, { expand }))',
          replacement: `stripe.paymentIntents.retrieve(id, { expand })).then((intent) => {
            const { status = intent.status } = globalThis.payloads?.get(id) ?? {};
            return { ...intent, status };
          })`,
        },
      ],
    },
    scenario: 'events',
    failures: ['payments of the record that differ from Stripe'],
    options: MIXED,
  },
  {
    mutation: {
      name: 'no walk of the list of events',
      changes: [
        { file: 'webhooks/event-walk.service.js', text: 'void this.task.run();', replacement: '' },
        { file: 'webhooks/event-walk.service.js', text: 'this.task.start();', replacement: '' },
      ],
    },
    scenario: 'events',
    failures: ['events that never arrived'],
    options: MIXED,
  },
  {
    mutation: {
      name: 'a page stays open beside a newer one',
      changes: [{ file: 'customers/only-page.stripe.js', text: 'of older)', replacement: 'of [])' }],
    },
    scenario: 'upgrades',
    failures: ['users with several subscriptions'],
  },
  {
    mutation: {
      name: 'each attempt at an upgrade plans it again, and may refuse it for good',
      changes: [
        {
          file: 'operations/operation-attempt.js',
          text: 'refusal = refusalToProve(error, isFirst);',
          replacement: '',
        },
        {
          file: 'subscriptions/upgrades.service.js',
          text: 'if (!hasTrace(current, plan, operationId)) {',
          replacement: '{',
        },
        {
          file: 'subscriptions/upgrades.service.js',
          text: 'await stripe.update(context, plan, stripeKey);',
          replacement: `
            const change = await this.plan(context, plan.owner, { priceId: plan.update.items[0].price });
            await stripe.update(context, planUpgrade(change, operationId), stripeKey);`,
        },
      ],
    },
    scenario: 'upgrades',
    failures: ['users whose upgrade nobody reported'],
    options: { requests: 32 },
  },
  {
    mutation: {
      name: 'a refused cancellation counts as one, without a look at the payment',
      changes: [
        {
          file: 'captures/captures.stripe.js',
          text: 'if (!(await this.isEnded(intent)))',
          replacement: 'if (false)',
        },
      ],
    },
    scenario: 'captures',
    failures: ['captured, and reported as canceled'],
    options: { requests: 60 },
  },
  {
    mutation: {
      name: 'a change at once leaves the scheduled one in place',
      changes: [
        {
          file: 'subscriptions/subscription-changes.service.js',
          text: 'if (scheduleId !== null)',
          replacement: 'if (false)',
        },
        {
          file: 'subscriptions/subscription-changes.service.js',
          text: 'if (!phase && scheduleId !== null',
          replacement: 'if (false',
        },
      ],
    },
    scenario: 'changes',
    failures: ['subscriptions that are not as reported, renewed'],
    options: { requests: 32 },
  },
  {
    mutation: {
      name: 'the page for another card is opened without a cancellation',
      changes: [
        {
          file: 'confirmations/replacements.stripe.js',
          text: 'await this.cancel(context, plan.paymentIntentId',
          replacement: 'await (async () => undefined)(context, plan.paymentIntentId',
        },
      ],
    },
    scenario: 'confirm-page',
    failures: ['payments that were paid twice'],
  },
  {
    mutation: {
      name: 'a new tax id leaves the earlier ones in place',
      changes: [
        {
          file: 'customers/customers.service.js',
          text: 'for (const replaced of change.replaced)',
          replacement: 'for (const replaced of [])',
        },
      ],
    },
    scenario: 'customers',
    failures: ['customers without exactly one tax id'],
    options: { requests: 64 },
  },
  {
    mutation: {
      name: 'evidence counts as submitted, whoever has submitted it',
      changes: [
        {
          file: 'disputes/disputes.stripe.js',
          text: 'function proofOf({ metadata }, { params, isTraceOld }) {',
          replacement:
            "function proofOf({ metadata, status }, { params, isTraceOld }) { if (status === 'under_review') return 'done';",
        },
      ],
    },
    scenario: 'disputes',
    options: { requests: 60 },
    failures: ['another number of submissions was reported than made'],
  },
  {
    mutation: {
      name: 'the outbox is written after the commit',
      changes: [
        {
          file: 'payments/payment-notifier.js',
          text: 'async notify(transaction, payment, facts) {',
          replacement: `notify(_transaction, payment, facts) {
            const write = (own) => this.notifyLate(own, payment, facts);
            setTimeout(() => void this.store.database.transaction(write), 600_000);
          }
          async notifyLate(transaction, payment, facts) {`,
        },
      ],
    },
    scenario: 'notifications',
    failures: ['facts without a notification'],
    options: MIXED,
  },
];

/** The size of a run with a bug. The faults suffice to find these, so nothing is killed, and one instance starts sooner. */
export const RUN_OPTIONS = {
  requests: 20,
  kills: 0,
  instances: 1,
  giveUpAfterMs: 600_000,
  patienceMs: 10_000,
  log: () => undefined,
};
