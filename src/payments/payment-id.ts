/**
 * How the ids begin that Stripe may have for one payment: of its Checkout Session, PaymentIntent, Charge (`py` for
 * another method than a card), Invoice and Subscription.
 */
export const PAYMENT_ID_PREFIXES = ['cs', 'pi', 'ch', 'py', 'in', 'sub'] as const;
