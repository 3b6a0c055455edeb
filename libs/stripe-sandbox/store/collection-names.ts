/** The store's collections. */
export type CollectionName =
  | 'customers'
  | 'paymentMethods'
  | 'setupIntents'
  | 'setupAttempts'
  | 'paymentIntents'
  | 'charges'
  | 'refunds'
  | 'balanceTransactions'
  | 'products'
  | 'prices'
  | 'coupons'
  | 'promotionCodes'
  | 'discounts'
  | 'checkoutSessions'
  | 'subscriptions'
  | 'invoices'
  | 'invoiceItems'
  | 'invoicePayments'
  | 'mandates'
  | 'tokens'
  | 'disputes'
  | 'fraudWarnings'
  | 'events'
  | 'webhookEndpoints'
  | 'testClocks'
  | 'portalConfigurations'
  | 'taxIds'
  | 'subscriptionSchedules'
  | 'creditNotes'
  | 'customerBalanceTransactions'
  | 'customerCashBalanceTransactions'
  | 'cashFacts'
  | 'portalSessions'
  | 'tombstones'
  | 'itemOwners'
  | 'couponProducts'
  | 'discountTerms'
  | 'lineItems'
  | 'intentInvoices'
  | 'checkoutFacts'
  | 'portalProducts'
  | 'tasks'
  | 'cardFacts'
  | 'endpointSecrets'
  | 'deliveries'
  | 'effects'
  | 'keptReplies';

/** The `object` field of a collection's entities; internal collections have none. */
export const objectOf: Partial<Record<CollectionName, string>> = {
  customers: 'customer',
  paymentMethods: 'payment_method',
  setupIntents: 'setup_intent',
  setupAttempts: 'setup_attempt',
  paymentIntents: 'payment_intent',
  charges: 'charge',
  refunds: 'refund',
  balanceTransactions: 'balance_transaction',
  products: 'product',
  prices: 'price',
  coupons: 'coupon',
  promotionCodes: 'promotion_code',
  discounts: 'discount',
  checkoutSessions: 'checkout.session',
  subscriptions: 'subscription',
  itemOwners: 'subscription_item',
  invoices: 'invoice',
  invoiceItems: 'invoiceitem',
  invoicePayments: 'invoice_payment',
  mandates: 'mandate',
  tokens: 'token',
  disputes: 'dispute',
  fraudWarnings: 'radar.early_fraud_warning',
  events: 'event',
  webhookEndpoints: 'webhook_endpoint',
  testClocks: 'test_helpers.test_clock',
  portalConfigurations: 'billing_portal.configuration',
  taxIds: 'tax_id',
  subscriptionSchedules: 'subscription_schedule',
  creditNotes: 'credit_note',
  customerBalanceTransactions: 'customer_balance_transaction',
  customerCashBalanceTransactions: 'customer_cash_balance_transaction',
  portalSessions: 'billing_portal.session',
};

const collections = new Map(
  Object.entries(objectOf).map(([collection, object]) => [object, collection as CollectionName]),
);

/** The collection of the entities with this `object` field. */
export const collectionOf = (object: string): CollectionName | undefined => collections.get(object);
