/**
 * The prefixes of ids by which a payment can be named: of its Checkout Session, PaymentIntent, Charge (`py` for
 * payment methods other than cards), Invoice and Subscription.
 */
export const PAYMENT_ID_PREFIXES = ['cs', 'pi', 'ch', 'py', 'in', 'sub'] as const;

/** Whether this is the id of a Checkout Session. */
export function isSessionId(id: string): boolean {
  return id.startsWith('cs_');
}

/** The kind of the operation that opens a Checkout page. It is stored: never change it. */
export const CHECKOUT_OPERATION = 'checkout';

/** The kind of the operation that opens a Checkout page in place of a PaymentIntent. It is stored: never change it. */
export const REPLACEMENT_OPERATION = 'payment-replace';

/** The metadata key under which a payment carries where its customer goes after completing it. */
export const RETURN_URL = 'paydesk_return_url';

/** The metadata key under which a Checkout Session and what is tried on it carry the payment whose PaymentIntent they replace. */
export const REPLACED_PAYMENT = 'paydesk_replaced_payment';

/** The metadata key under which a payment or subscription carries the caller's own id of it. */
export const SHOP_TRANSACTION_ID = 'paydesk_shop_transaction_id';
