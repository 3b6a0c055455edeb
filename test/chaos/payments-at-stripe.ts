import type Stripe from 'stripe';
import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import type { Sandbox } from '#sandbox/create-sandbox.js';

/** A payment as Stripe has it: the objects that belong to it. */
export interface StripePayment {
  /** By which its maker knows it. */
  name: string;
  session: Stripe.Checkout.Session | undefined;
  intent: Stripe.PaymentIntent | undefined;
  invoice: Stripe.Invoice | undefined;
  charge: Stripe.Charge | undefined;
  settled: Stripe.BalanceTransaction | undefined;
  /** Oldest first, as the disputes. */
  refunds: Stripe.Refund[];
  disputes: Stripe.Dispute[];
}

const REFUND_STATUS: Record<string, string> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

/** All payments at Stripe: each PaymentIntent, and each Checkout Session that has none. */
export function paymentsAtStripe({ store }: Sandbox): StripePayment[] {
  const intentOfInvoice = new Map(
    [...store.invoicePayments.oldestFirst()].map(({ invoice, payment }) => [
      idOf(invoice),
      idOf(payment.payment_intent),
    ]),
  );
  const invoiceOfIntent = new Map([...intentOfInvoice].map(([invoice, intent]) => [intent, invoice]));
  const intentOf = ({ payment_intent: intent, invoice }: Stripe.Checkout.Session) =>
    idOf(intent) ?? intentOfInvoice.get(idOf(invoice));
  const sessions = [...store.checkoutSessions.oldestFirst()];
  const sessionOfIntent = new Map(sessions.map((session) => [intentOf(session), session]));
  const without = sessions.filter((session) => intentOf(session) === undefined);
  return [
    ...[...store.paymentIntents.oldestFirst()].map((intent) => {
      const session = sessionOfIntent.get(intent.id);
      const charge = store.charges.get(idOf(intent.latest_charge) ?? '');
      const isOfIntent = (of: { payment_intent: string | Stripe.PaymentIntent | null }) =>
        idOf(of.payment_intent) === intent.id;
      return {
        name: session?.client_reference_id ?? intent.description ?? intent.id,
        session,
        intent,
        charge,
        invoice: store.invoices.get(invoiceOfIntent.get(intent.id) ?? ''),
        settled: store.balanceTransactions.get(idOf(charge?.balance_transaction) ?? ''),
        refunds: [...store.refunds.oldestFirst()].filter(isOfIntent),
        disputes: [...store.disputes.oldestFirst()].filter(isOfIntent),
      };
    }),
    ...without.map((session) => ({
      name: session.client_reference_id ?? session.id,
      session,
      intent: undefined,
      charge: undefined,
      invoice: undefined,
      settled: undefined,
      refunds: [],
      disputes: [],
    })),
  ];
}

/** The payment as `GET /pay/payments` has to show it, apart from what only its maker knows. */
export function expectedPayment(payment: StripePayment) {
  const { session, intent, invoice, charge, settled, refunds, disputes } = payment;
  const subscriptionID =
    idOf(invoice?.parent?.subscription_details?.subscription) ?? idOf(session?.subscription) ?? null;
  const reserved = refunds.filter(({ status }) => status === 'succeeded' || status === 'pending');
  const card =
    charge?.payment_method_details?.card ?? intent?.last_payment_error?.payment_method?.card ?? null;
  return {
    paymentID: paymentIdOf(payment),
    type: subscriptionID !== null ? 'subscription' : session ? 'checkout' : 'charge',
    status: statusOf(payment),
    operationId: (session ?? intent)?.metadata?.[OPERATION_ID] ?? null,
    amount: decimal(amountOf(payment)),
    amountRefunded: decimal(sumOf(reserved)),
    amountDisputed: decimal(sumOf(disputes.filter((dispute) => disputeStatusOf(dispute) !== 'WON'))),
    fee: settled ? decimal(settled.fee) : null,
    net: settled ? decimal(settled.net) : null,
    currency: intent?.currency ?? session?.currency,
    card: card && { brand: card.brand, last4: card.last4 },
    subscriptionID,
    stripe: {
      session: session?.id ?? null,
      paymentIntent: intent?.id ?? null,
      charge: charge?.id ?? null,
      invoice: invoice?.id ?? idOf(session?.invoice) ?? null,
      customer: idOf((intent ?? session)?.customer) ?? null,
    },
    createdAt: instant((session ?? intent)!.created),
    refunds: refunds.map(({ id, amount, status, created }) => ({
      refundID: id,
      amount: decimal(amount),
      status: REFUND_STATUS[status ?? ''] ?? 'PENDING',
      createdAt: instant(created),
    })),
    disputes: disputes.map((dispute) => ({
      disputeID: dispute.id,
      amount: decimal(dispute.amount),
      status: disputeStatusOf(dispute),
      reason: dispute.reason,
      dueBy: dispute.evidence_details.due_by && instant(dispute.evidence_details.due_by),
    })),
  };
}

/** The id under which callers know a payment. */
export function paymentIdOf({ session, intent }: StripePayment): string {
  return (session ?? intent)!.id;
}

/** Of a payment that was captured in part, what was captured. */
function amountOf({ session, intent }: StripePayment): number {
  if (intent?.status === 'succeeded') return intent.amount_received;
  return intent?.amount ?? session?.amount_total ?? 0;
}

function statusOf({ session, intent }: StripePayment): 'PENDING' | 'ACCEPTED' | 'FAILED' {
  if (session?.status === 'expired') return 'FAILED';
  if (intent?.status === 'succeeded') return 'ACCEPTED';
  const isOver = intent?.status === 'canceled' || (intent?.last_payment_error && session?.status !== 'open');
  return isOver ? 'FAILED' : 'PENDING';
}

function disputeStatusOf({ status }: Stripe.Dispute): 'OPEN' | 'WON' | 'LOST' {
  if (status === 'lost') return 'LOST';
  return ['won', 'warning_closed', 'prevented'].includes(status) ? 'WON' : 'OPEN';
}

function decimal(minor: number): string {
  return (minor / 100).toFixed(2);
}

function sumOf(parts: readonly { amount: number }[]): number {
  return parts.reduce((sum, { amount }) => sum + amount, 0);
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
