import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { createParams } from './params.js';

/** How long the sandbox takes to verify an id; Stripe names no time. */
const VERIFICATION_SECONDS = 10;

/** Types that Stripe verifies with a government. Source: https://docs.stripe.com/billing/customer/tax-ids#validation. */
const VERIFIED_TYPES = new Set(['au_abn', 'eu_vat', 'gb_vat']);

const VAT_FORMATS: Record<string, RegExp> = {
  eu_vat:
    /^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[A-Z0-9]{8,12}$/,
  gb_vat: /^GB(\d{9}|\d{12})$/,
};

/** The last digits that decide a verification. Source: https://docs.stripe.com/billing/customer/tax-ids#testing. */
const RESULTS: [digits: string, status: 'verified' | 'unverified'][] = [
  ['000000000', 'verified'],
  ['111111111', 'unverified'],
];

/**
 * Source: https://docs.stripe.com/api/tax_ids/create.
 * @param customer the owner; null for the account
 * @throws StripeFailure 400 tax_id_invalid
 */
export function createTaxId(
  ctx: Context,
  customer: string | null,
  { type, value }: Params<typeof createParams>,
): Stripe.TaxId {
  requireFormat(type, value);
  const isVerified = customer !== null && VERIFIED_TYPES.has(type);
  const taxId = ctx.store.taxIds.insert({
    id: newId('taxId'),
    object: 'tax_id',
    country: countryOf(type, value),
    created: ctx.now(customer),
    customer,
    customer_account: null,
    livemode: false,
    owner:
      customer === null
        ? { customer_account: null, type: 'self' }
        : { customer, customer_account: null, type: 'customer' },
    type,
    value,
    verification:
      customer === null
        ? null
        : {
            status: isVerified ? 'pending' : 'unavailable',
            verified_address: null,
            verified_name: null,
          },
  });
  if (customer === null) return taxId;
  showOnDrafts(ctx, customer);
  ctx.emit('customer.tax_id.created', taxId);
  if (isVerified) schedule(ctx, 'taxIds', taxId.id, { at: taxId.created + VERIFICATION_SECONDS, customer });
  return taxId;
}

/** @throws StripeFailure 400 tax_id_invalid, of https://docs.stripe.com/error-codes#tax-id-invalid */
export function requireFormat(type: string, value: string): void {
  const format = VAT_FORMATS[type];
  if (!format || format.test(value.replaceAll(/[\s.-]/g, ''))) return;
  throw failures.invalidRequest(`Invalid value for ${type}.`, { code: 'tax_id_invalid', param: 'value' });
}

/** Ends the verification of a tax id, as its test number says. Other numbers stay pending. */
export function verifyTaxId(ctx: Context, id: string): void {
  const before = ctx.store.taxIds.get(id);
  const [, status] = RESULTS.find(([digits]) => before?.value.endsWith(digits)) ?? [];
  if (!before || !status) return;
  const verification = { ...before.verification!, status };
  ctx.emit('customer.tax_id.updated', ctx.store.taxIds.update(id, { verification }), before);
}

/** Source: https://docs.stripe.com/api/tax_ids/delete. */
export function deleteTaxId(ctx: Context, { id, customer, ...rest }: Stripe.TaxId): Stripe.DeletedTaxId {
  ctx.store.taxIds.remove(id);
  schedule(ctx, 'taxIds', id, { at: null });
  if (typeof customer === 'string') {
    showOnDrafts(ctx, customer);
    ctx.emit('customer.tax_id.deleted', { id, customer, ...rest });
  }
  return { id, object: 'tax_id', deleted: true };
}

/**
 * Ids of tax ids that the account has registered for itself.
 * @throws StripeFailure 400 for one that is unknown or a customer's
 */
export const requireAccountTaxIds = (ctx: Context, ids: readonly string[], param: string): string[] =>
  ids.map((id, index) => {
    const taxId = fromParam(ctx.store.taxIds, id, `${param}[${index}]`);
    if (taxId.customer === null) return id;
    throw failures.invalidRequest(`The tax ID ${id} does not belong to the account.`, {
      param: `${param}[${index}]`,
    });
  });

/** The tax ids that a customer's invoices show. */
export const taxIdsOf = ({ store }: Context, customer: string): Stripe.Invoice.CustomerTaxId[] =>
  [...store.taxIds.oldestFirst({ where: { customer } })].map(({ type, value }) => ({ type, value }));

/** Source: https://docs.stripe.com/api/invoices/object#invoice_object-customer_tax_ids. */
function showOnDrafts(ctx: Context, customer: string): void {
  const drafts = [...ctx.store.invoices.newestFirst({ where: { customer, status: 'draft' } })];
  const customer_tax_ids = taxIdsOf(ctx, customer);
  for (const { id } of drafts) ctx.store.invoices.update(id, { customer_tax_ids });
}

function countryOf(type: string, value: string): string | null {
  if (type === 'eu_oss_vat') return null;
  const code = type === 'eu_vat' ? value.slice(0, 2) : type.slice(0, 2).toUpperCase();
  return code === 'EL' ? 'GR' : code;
}
