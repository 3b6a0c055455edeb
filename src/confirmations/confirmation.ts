/** What a customer is asked to pay. */
export interface AskedPayment {
  /** The name of the merchant at Stripe; null if it is not known. */
  merchant: string | null;
  description: string | null;
  amountMinor: number;
  currency: string;
}

/** How a payment stands for the customer who has its link. */
export type Confirmation =
  /** It can be paid. */
  | {
      kind: 'open';
      payment: AskedPayment;
      /** The card that waits for the customer's authentication; undefined if none does. */
      card: { last4: string | null } | undefined;
      /** Whether the bank has declined the card, or the authentication has failed. */
      isDeclined: boolean;
      /** The invoice that it pays, with Stripe's page on which that is paid with any card. Undefined if it pays none. */
      invoice: { page: string | null } | undefined;
    }
  /** It is paid on a page of Stripe's, or by a bank transfer as that page explains. */
  | { kind: 'elsewhere'; payment: AskedPayment; url: string }
  /** It is paid, authorized, or on its way. */
  | { kind: 'done'; returnUrl: string | null }
  /** It was canceled, or its page has expired. */
  | {
      kind: 'closed';
      /** Whether a page that is not known may have taken the place of its PaymentIntent. */
      mayHavePage: boolean;
    };

/** One press of a button on the page. */
export interface ConfirmStep {
  paymentId: string;
  /** Chosen when the page was shown: a second press of the same button does nothing more. */
  attempt: string;
  /** The URL of the page, and that to which the customer comes back. */
  pageUrl: string;
  returnUrl: string;
}
