import type { NotificationType, TEST_TYPE } from '../../notifications/notification-types.js';

export type DocumentedType = NotificationType | typeof TEST_TYPE;

/** An object of the `data` of a notification. */
export type ExampleObject = Record<string, unknown>;

/** The status of each object when a notification of a type is sent. */
const STATUSES: Readonly<Partial<Record<DocumentedType, Readonly<Record<string, string>>>>> = {
  'payment.succeeded': { payment: 'ACCEPTED' },
  'payment.failed': { payment: 'FAILED' },
  'payment.processing': { payment: 'PENDING' },
  'payment.action_required': { payment: 'PENDING' },
  'payment.canceled': { payment: 'FAILED' },
  'refund.succeeded': { payment: 'ACCEPTED', refund: 'SUCCEEDED' },
  'refund.failed': { payment: 'ACCEPTED', refund: 'FAILED' },
  'checkout.completed': { payment: 'ACCEPTED' },
  'checkout.expired': { payment: 'FAILED' },
  'subscription.active': { subscription: 'ACTIVE' },
  'subscription.past_due': { subscription: 'PAST_DUE' },
  'subscription.recovered': { subscription: 'ACTIVE' },
  'subscription.canceled': { subscription: 'CANCELED' },
  'invoice.payment_failed': { subscription: 'PAST_DUE', invoice: 'open' },
  'dispute.opened': { payment: 'ACCEPTED', dispute: 'OPEN' },
  'dispute.closed': { payment: 'ACCEPTED', dispute: 'LOST' },
};

/**
 * The `data` of an example of a type.
 *
 * @param objects an example of each object that it has, in any status
 */
export function exampleDataOf(
  type: DocumentedType,
  objects: Readonly<Record<string, ExampleObject>>,
): Record<string, ExampleObject> {
  const data = Object.fromEntries(
    Object.entries(objects).map(([key, object]) => {
      const status = STATUSES[type]?.[key];
      return [key, status === undefined ? object : { ...object, status }];
    }),
  );
  const { payment, refund, dispute, subscription, invoice, operation } = data;
  if (payment) data.payment = paymentWith(payment, refund, dispute);
  if (subscription && invoice) data.subscription = { ...subscription, latestInvoice: invoice };
  if (operation) data.operation = { ...operation, state: 'needs-review' };
  return data;
}

/** The subject of a notification with this `data`. */
export function exampleSubjectOf({
  payment,
  subscription,
  operation,
  ...test
}: Record<string, ExampleObject>): unknown {
  if (test.paymentMethod) return 'partner:clinic/user-42';
  return payment?.paymentID ?? subscription?.subscriptionID ?? operation?.operationId ?? test.endpointId;
}

/** A payment whose amounts are those of its refund and its dispute. */
function paymentWith(payment: ExampleObject, refund?: ExampleObject, dispute?: ExampleObject): ExampleObject {
  const isAccepted = payment.status === 'ACCEPTED';
  return {
    ...payment,
    type: 'checkout',
    amountRefunded: refund?.status === 'SUCCEEDED' ? refund.amount : '0.00',
    amountDisputed: dispute?.amount ?? '0.00',
    ...(!isAccepted && { fee: null, net: null }),
    refunds: refund ? [refund] : [],
    disputes: dispute ? [dispute] : [],
  };
}
