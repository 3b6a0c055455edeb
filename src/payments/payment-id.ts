/**
 * The prefixes of ids by which a payment can be named: of its Checkout Session, PaymentIntent, Charge (`py` for
 * payment methods other than cards), Invoice and Subscription.
 */
export const PAYMENT_ID_PREFIXES = ['cs', 'pi', 'ch', 'py', 'in', 'sub'] as const;
