/** A Stripe Invoice: https://docs.stripe.com/api/invoices/object */
export interface Invoice {
  id: string;
  /** Null for a draft. */
  number: string | null;
  /** Negative if the customer is credited. */
  totalMinor: number;
  currency: string;
  /** As Stripe names it. */
  status: string | null;
  createdAt: Date;
  /** Stripe's page where it can be seen and paid; null for a draft. */
  hostedUrl: string | null;
  pdfUrl: string | null;
}
