import { boolean, index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.js';

/** Whether a tax id that was added to a customer at Stripe is kept or taken back. Requests that add it at once share it. */
export const taxIdEnds = pgTable('tax_id_ends', {
  /** At Stripe. */
  taxId: text('tax_id').primaryKey(),
  isKept: boolean('is_kept').notNull(),
  /** The default is for earlier versions, which do not write it. */
  decidedAt: instant('decided_at').notNull().defaultNow(),
});

/** The idempotency keys under which tax ids are added to customers at Stripe. */
export const taxIdAdditions = pgTable(
  'tax_id_additions',
  {
    /** A SHA-256 of the customer and the tax id, which may be a person's. */
    id: text('id').primaryKey(),
    /** At Stripe. */
    customer: text('customer').notNull(),
    key: text('key').notNull(),
    begunAt: instant('begun_at').notNull(),
    /** When a request last began to send it; null once it is known whether Stripe has added it. */
    sentAt: instant('sent_at'),
    /** Since when Stripe repeats a failure under the key. */
    replayedAt: instant('replayed_at'),
  },
  (table) => [index('tax_id_additions_customer').on(table.customer)],
);
