import { type FactSource, factsOf, type PaymentFact } from './payment-facts.js';
import { mayReport, type SeenEvent, type WithheldFact, withoutOvertaken } from './withheld-facts.js';

/**
 * What callers are notified of when a payment is read from Stripe:
 * - `changes`: what has changed since it was recorded; of a new payment, only what the events report
 * - `payment`: the same, and what has become of the payment itself
 * - `nothing`: what is new is withheld until its event arrives
 */
export type NoticeScope = 'changes' | 'payment' | 'nothing';

/** Why a payment is read. */
export interface ReadCause {
  events: readonly SeenEvent[];
  scope: NoticeScope;
  at: Date;
}

/** What to notify callers of now, and what to keep until its event arrives. */
export interface PaymentNotices {
  told: PaymentFact[];
  withheld: WithheldFact[];
}

/**
 * Decides what callers are notified of when a payment was read. A payment that is new to the record may be years old. So its
 * facts are withheld unless an event reports them.
 *
 * @param before undefined for a new payment
 */
export function paymentNoticesOf(
  before: (FactSource & { withheld: readonly WithheldFact[] }) | undefined,
  after: FactSource,
  cause: ReadCause,
): PaymentNotices {
  const facts = factsOf(before, after).map((fact) => withheldOf(fact, cause.at));
  const earlier = withoutOvertaken(before?.withheld ?? [], facts);
  const isReported = (fact: WithheldFact) =>
    cause.events.some((event) => reports(event, fact)) ||
    (cause.scope === 'payment' && fact.objectId === undefined);
  const isTold = before && cause.scope !== 'nothing' ? () => true : isReported;
  return {
    told: [...earlier.filter(isReported), ...facts.filter(isTold)].flatMap((fact) => factOf(fact, after)),
    withheld: [...earlier.filter((fact) => !isReported(fact)), ...facts.filter((fact) => !isTold(fact))],
  };
}

/** Events of a Charge do not say that its payment is new: its PaymentIntent has events of its own. */
function reports(event: SeenEvent, fact: WithheldFact): boolean {
  const isNamed =
    fact.objectId === undefined
      ? /^(payment_intent|checkout\.session)\./.test(event.type)
      : event.objectId === fact.objectId;
  return isNamed && mayReport(event, fact);
}

function withheldOf({ type, refund, dispute }: PaymentFact, at: Date): WithheldFact {
  const objectId = refund?.refundId ?? dispute?.disputeId;
  return { type, ...(objectId !== undefined && { objectId }), readAt: at.toISOString() };
}

/** Nothing if the payment does not have the refund or dispute any more. */
function factOf({ type, objectId }: WithheldFact, after: FactSource): PaymentFact[] {
  const fact = { type, subject: after.paymentId };
  if (objectId === undefined) return [fact];
  const refund = after.refunds.find(({ refundId }) => refundId === objectId);
  if (refund) return [{ ...fact, refund }];
  const dispute = after.disputes.find(({ disputeId }) => disputeId === objectId);
  return dispute ? [{ ...fact, dispute }] : [];
}
