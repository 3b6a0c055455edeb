/** What a customer can do on a page that is for one thing only. */
export const PORTAL_FLOWS = ['payment-method', 'cancel', 'update'] as const;
export type PortalFlow = (typeof PORTAL_FLOWS)[number];

/** A page on which a customer manages cards, subscriptions and invoices. */
export interface PortalCommand {
  returnUrl: string;
  /** Without it, the page offers all that the account's configuration of the portal allows. */
  flow?: PortalFlow | undefined;
}

/** Stripe's page. */
export interface PortalPage {
  id: string;
  /** Null in a repetition of the answer after a day: Stripe does not show the URL again. */
  url: string | null;
}
