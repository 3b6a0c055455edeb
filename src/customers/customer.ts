/** A card as we tell of it: `expMonth` is 1-based. */
export interface Card {
  paymentMethodId: string;
  brand: string;
  expMonth: number;
  expYear: number;
  last4: string;
}

export interface BillingDetails {
  name: string | null;
  email: string | null;
  phone: string | null;
  address: Address | null;
}

export interface Address {
  line1: string | null;
  line2: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
}

/** What a signed-in user sees of how they pay. */
export interface PaymentInformation {
  /** In minor units of the customer's currency; negative is credit. https://docs.stripe.com/api/customers/object */
  balanceMinor: number | null;
  billingDetails: BillingDetails;
  card: Card | null;
}

/** A customer as internal services see one. */
export interface Customer {
  stripeCustomerId: string;
  email: string | null;
  name: string | null;
  metadata: Record<string, string>;
}

/** What an internal service may say about a customer. */
export interface CustomerDetails {
  email?: string;
  name?: string;
  metadata?: Record<string, string>;
}
