import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { wireDecimal } from '../prices/price.js';
import type { createParams } from './params.js';

type LineParams = NonNullable<Params<typeof createParams>['lines']>[number];

/**
 * The lines of a credit note. Without lines its amount is one custom line.
 * @throws StripeFailure 400 unless exactly one of `amount` and `lines` is given, or for a bad line
 */
export function creditNoteLines(
  invoice: Stripe.Invoice,
  { amount, lines }: Pick<Params<typeof createParams>, 'amount' | 'lines'>,
): Stripe.CreditNoteLineItem[] {
  if (amount !== undefined && lines) throw failures.exclusive('amount', 'lines');
  if (lines) return lines.map((line, index) => lineFrom(invoice, line, `lines[${index}]`));
  if (amount === undefined) throw failures.invalidRequest('You must pass either `amount` or `lines`.');
  return [buildLine({ amount, quantity: 1, type: 'custom_line_item' })];
}

function lineFrom(invoice: Stripe.Invoice, params: LineParams, param: string): Stripe.CreditNoteLineItem {
  const { amount, description, quantity, type, unit_amount } = params;
  const metadata = mergeMetadata({}, params.metadata);
  if (type === 'invoice_line_item') return { ...creditedLine(invoice, params, param), metadata };
  const unit = params.unit_amount_decimal === undefined ? unit_amount : Number(params.unit_amount_decimal);
  if (description === undefined) throw failures.missing(`${param}[description]`);
  if (amount === undefined && unit === undefined) throw failures.missing(`${param}[unit_amount]`);
  const count = quantity ?? 1;
  const total = amount ?? Math.round(unit! * count);
  return { ...buildLine({ amount: total, description, quantity: count, type, unit }), metadata };
}

/**
 * Credits a part of one of the invoice's lines, by its quantity or its amount, and the same part of its discounts.
 * Source: https://docs.stripe.com/api/credit_notes/line_item, whose `amount` is before discounts.
 */
function creditedLine(
  invoice: Stripe.Invoice,
  { amount, invoice_line_item: id, quantity }: LineParams,
  param: string,
): Stripe.CreditNoteLineItem {
  if (id === undefined) throw failures.missing(`${param}[invoice_line_item]`);
  const line = invoice.lines.data.find((each) => each.id === id);
  if (!line) throw failures.noSuch('invoice line item', id, `${param}[invoice_line_item]`, 400);
  if (amount === undefined && quantity === undefined) throw failures.missing(`${param}[amount]`);
  const unit = line.amount / (line.quantity || 1);
  const credited = amount ?? Math.round(unit * quantity!);
  if (credited > line.amount) {
    throw failures.invalidRequest(
      'The credit for an invoice line item cannot be more than the amount of that line.',
      { param: `${param}[${amount === undefined ? 'quantity' : 'amount'}]` },
    );
  }
  const { description } = line;
  const count = quantity ?? null;
  const drafted = { amount: credited, description, quantity: count, type: 'invoice_line_item' as const };
  const discount_amounts = (line.discount_amounts ?? []).map((each) => ({
    ...each,
    amount: line.amount === 0 ? 0 : Math.round((each.amount * credited) / line.amount),
  }));
  return {
    ...buildLine({ ...drafted, unit: quantity === undefined ? undefined : unit }),
    discount_amount: discount_amounts.reduce((sum, each) => sum + each.amount, 0),
    discount_amounts,
    invoice_line_item: id,
    pretax_credit_amounts: discount_amounts.map((each) => ({ ...each, type: 'discount' })),
  };
}

function buildLine({
  amount,
  description = null,
  quantity,
  type,
  unit,
}: {
  amount: number;
  description?: string | null;
  quantity: number | null;
  type: 'custom_line_item' | 'invoice_line_item';
  unit?: number | undefined;
}): Stripe.CreditNoteLineItem {
  const isWhole = unit !== undefined && Number.isInteger(unit);
  return {
    id: newId('creditNoteLineItem'),
    object: 'credit_note_line_item',
    amount,
    description,
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity,
    tax_rates: [],
    taxes: [],
    type,
    unit_amount: isWhole ? unit : null,
    unit_amount_decimal: unit === undefined ? null : wireDecimal(String(unit)),
  };
}
