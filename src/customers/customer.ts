/** A saved card; in `expMonth`, 1 is January. */
export interface Card {
  paymentMethodId: string;
  brand: string;
  expMonth: number;
  expYear: number;
  last4: string;
}

/** A card that is attached to a customer. */
export interface SavedCard extends Card {
  /** The same for all payment methods of one card number; null if Stripe has none. */
  fingerprint: string | null;
}

/** A payment method at Stripe; `card` is null for one that is no card. */
export interface PaymentMethod {
  id: string;
  card: Card | null;
}

/** A saved card as partners see it, in answers and notifications. */
export interface PaymentMethodView {
  stripe_payment_method_id: string;
  brand: string;
  exp_month: number;
  exp_year: number;
  last4: string;
}

export function paymentMethodView({
  paymentMethodId,
  brand,
  expMonth,
  expYear,
  last4,
}: Card): PaymentMethodView {
  return {
    stripe_payment_method_id: paymentMethodId,
    brand,
    exp_month: expMonth,
    exp_year: expYear,
    last4,
  };
}

/** A customer's contact details at Stripe. */
export interface BillingDetails {
  name: string | null;
  email: string | null;
  phone: string | null;
  address: Address | null;
}

/** A postal address at Stripe. */
export interface Address {
  line1: string | null;
  line2: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
}

/** A user's balance, billing details and default card. */
export interface PaymentInformation {
  /** In minor units of the customer's currency; negative is credit. https://docs.stripe.com/api/customers/object */
  balanceMinor: number | null;
  billingDetails: BillingDetails;
  card: Card | null;
}

/** A Stripe customer, as internal services see it. */
export interface Customer {
  stripeCustomerId: string;
  email: string | null;
  name: string | null;
  phone: string | null;
  address: Address | null;
  /** The newest one that Stripe has. */
  taxId: TaxId | null;
  metadata: Record<string, string>;
}

/** A number by which a tax authority knows a customer. https://docs.stripe.com/billing/customer/tax-ids */
export interface TaxId {
  /** Stripe's type, such as `eu_vat`. */
  type: string;
  value: string;
}

/** The details of a customer that an internal service can set. */
export interface CustomerDetails {
  email?: string;
  name?: string;
  phone?: string;
  address?: Partial<Record<keyof Address, string>>;
  /** Null removes it. */
  taxId?: TaxId | null;
  metadata?: Record<string, string>;
}
