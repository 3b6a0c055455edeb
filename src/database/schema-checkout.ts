import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { operations } from './schema.js';

/** Which operation is starting the payment of a shop transaction, while it runs. */
export const checkoutClaims = pgTable(
  'checkout_claims',
  {
    caller: text().notNull(),
    shopTransactionId: text('shop_transaction_id').notNull(),
    /** An operation whose process died before it was planned is deleted, and its claim with it. */
    operationId: uuid('operation_id')
      .notNull()
      .unique('checkout_claims_operation')
      .references(() => operations.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ name: 'checkout_claims_transaction', columns: [table.caller, table.shopTransactionId] }),
  ],
);

/** Which operation is changing a subscription, or was the last to. */
export const subscriptionClaims = pgTable(
  'subscription_claims',
  {
    subscriptionId: text('subscription_id').primaryKey(),
    operationId: uuid('operation_id')
      .notNull()
      .references(() => operations.id, { onDelete: 'cascade' }),
  },
  (table) => [index('subscription_claims_operation').on(table.operationId)],
);

/** Which operation is upgrading a customer's subscription to a product, while it runs. */
export const upgradeClaims = pgTable(
  'upgrade_claims',
  {
    customer: text().notNull(),
    productId: text('product_id').notNull(),
    operationId: uuid('operation_id')
      .notNull()
      .unique('upgrade_claims_operation')
      .references(() => operations.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ name: 'upgrade_claims_product', columns: [table.customer, table.productId] })],
);
