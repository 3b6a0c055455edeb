import { metadata } from '../../http/metadata.js';
import { array, decimal, integer, object, oneOf, required, string, timestamp } from '../../http/params.js';

const line = object({
  amount: integer({ min: 0 }),
  description: string(),
  invoice_line_item: string(),
  metadata: metadata(),
  quantity: integer({ min: 1 }),
  type: required(oneOf('custom_line_item', 'invoice_line_item')),
  unit_amount: integer({ min: 0 }),
  unit_amount_decimal: decimal({ min: 0 }),
});

/** Source: https://docs.stripe.com/api/credit_notes/update. */
export const updateParams = { memo: string(), metadata: metadata() };

/** Source: https://docs.stripe.com/api/credit_notes/create. */
export const createParams = {
  ...updateParams,
  amount: integer({ min: 0 }),
  credit_amount: integer({ min: 0 }),
  effective_at: timestamp(),
  invoice: required(string()),
  lines: array(line),
  out_of_band_amount: integer({ min: 0 }),
  reason: oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'),
  refund_amount: integer({ min: 0 }),
  refunds: array(
    object({ amount_refunded: integer({ min: 1 }), refund: required(string()), type: oneOf('refund') }),
  ),
};
