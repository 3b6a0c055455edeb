/** The store's collections. */
export type CollectionName =
  | 'customers'
  | 'paymentMethods'
  | 'setupIntents'
  | 'setupAttempts'
  | 'paymentIntents'
  | 'charges'
  | 'refunds'
  | 'products'
  | 'prices'
  | 'checkoutSessions'
  | 'subscriptions'
  | 'invoices'
  | 'invoiceItems'
  | 'invoicePayments'
  | 'disputes'
  | 'fraudWarnings'
  | 'events'
  | 'webhookEndpoints'
  | 'testClocks'
  | 'tombstones'
  | 'itemOwners'
  | 'lineItems'
  | 'intentInvoices'
  | 'checkoutFacts'
  | 'tasks'
  | 'cardFacts'
  | 'endpointSecrets'
  | 'deliveries'
  | 'effects'
  | 'keptReplies';

/**
 * Collections of former versions, left out when their journals are read: `pendingLines` held prorations that waited
 * for an invoice, which are invoice items now.
 */
export const RETIRED: ReadonlySet<string> = new Set(['pendingLines']);
