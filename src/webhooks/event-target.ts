import {
  CHARGE_EVENT_TYPES,
  CHECKOUT_EVENT_TYPES,
  CUSTOMER_EVENT_TYPES,
  INTENT_EVENT_TYPES,
  INVOICE_EVENT_TYPES,
  PAYMENT_METHOD_EVENT_TYPES,
  REFUND_EVENT_TYPES,
  SETUP_INTENT_EVENT_TYPES,
  SUBSCRIPTION_EVENT_TYPES,
} from './event-types.js';

export type TargetKind =
  | 'customer'
  | 'payment_method'
  | 'setup_intent'
  | 'refund'
  | 'payment_intent'
  | 'checkout_session'
  | 'subscription';

/** An object at Stripe that has to be fetched because of an event. */
export interface EventTarget {
  kind: TargetKind;
  objectId: string;
}

/** An object in the payload of an event. Its ids never change, so they may be used; nothing else may. */
export type EventObject = Record<string, unknown>;

type FindTarget = (object: EventObject) => EventTarget | undefined;

const targets = new Map<string, FindTarget>([
  ...CUSTOMER_EVENT_TYPES.map((type) => [type, itself('customer')] as const),
  ...PAYMENT_METHOD_EVENT_TYPES.map((type) => [type, itself('payment_method')] as const),
  ...SETUP_INTENT_EVENT_TYPES.map((type) => [type, itself('setup_intent')] as const),
  ...REFUND_EVENT_TYPES.map((type) => [type, itself('refund')] as const),
  ...INTENT_EVENT_TYPES.map((type) => [type, itself('payment_intent')] as const),
  ...CHARGE_EVENT_TYPES.map((type) => [type, itsPaymentIntent] as const),
  ...CHECKOUT_EVENT_TYPES.map((type) => [type, itself('checkout_session')] as const),
  ...SUBSCRIPTION_EVENT_TYPES.map((type) => [type, itself('subscription')] as const),
  ...INVOICE_EVENT_TYPES.map((type) => [type, itsSubscription] as const),
]);

/** What has to be fetched because of an event; undefined if its type is not handled or its object has no id. */
export function targetOf(type: string, object: EventObject): EventTarget | undefined {
  return targets.get(type)?.(object);
}

/** Charges without a PaymentIntent come from an API that this service does not use. */
function itsPaymentIntent({ payment_intent: id }: EventObject): EventTarget | undefined {
  return typeof id === 'string' ? { kind: 'payment_intent', objectId: id } : undefined;
}

/** An invoice without a subscription was made in the Dashboard; events of its PaymentIntent report its payment. */
function itsSubscription({ parent }: EventObject): EventTarget | undefined {
  const { subscription_details: details } = (parent ?? {}) as { subscription_details?: EventObject | null };
  const id = details?.['subscription'];
  return typeof id === 'string' ? { kind: 'subscription', objectId: id } : undefined;
}

function itself(kind: TargetKind): FindTarget {
  return ({ id }) => (typeof id === 'string' ? { kind, objectId: id } : undefined);
}
