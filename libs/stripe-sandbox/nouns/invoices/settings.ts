import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { addressFrom } from '../../http/address.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { requireOwnPaymentMethod } from '../payment-methods/payment-method.js';
import { requireAccountTaxIds } from '../tax-ids/tax-id.js';
import type { updateParams } from './params.js';

export const HOUR_SECONDS = 60 * 60;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

type UpdateParams = Params<typeof updateParams>;

/** The parameters that become fields of the same value. */
const PLAIN = [
  'collection_method',
  'custom_fields',
  'description',
  'effective_at',
  'footer',
  'number',
  'statement_descriptor',
] as const;

/**
 * The fields that a request sets on an invoice, without its due date, its discounts and its metadata.
 * @param before the fields that it has
 * @throws StripeFailure 400 for a tax id that is not the account's, or a payment method that is not the customer's
 */
export function settingsFrom(
  ctx: Context,
  params: UpdateParams,
  customer: string,
  before: Pick<Stripe.Invoice, 'payment_settings' | 'rendering'>,
): Partial<Stripe.Invoice> {
  const { account_tax_ids, default_payment_method, default_source, shipping_details } = params;
  const own = (id: string | null, param: string) => requireOwnPaymentMethod(ctx, customer, id, param);
  return {
    ...Object.fromEntries(
      PLAIN.filter((name) => params[name] !== undefined).map((name) => [name, params[name]]),
    ),
    ...(account_tax_ids !== undefined && {
      account_tax_ids: account_tax_ids && requireAccountTaxIds(ctx, account_tax_ids, 'account_tax_ids'),
    }),
    ...(default_payment_method !== undefined && {
      default_payment_method: own(default_payment_method, 'default_payment_method'),
    }),
    ...(default_source !== undefined && { default_source: own(default_source, 'default_source') }),
    payment_settings: { ...before.payment_settings, ...params.payment_settings },
    rendering: renderingFrom(params, before),
    ...(shipping_details !== undefined && { shipping_details: shippingFrom(shipping_details) }),
  };
}

/** When a draft is finalized automatically, in Unix seconds; null if it is not, undefined if a request says nothing. */
export function finalizesAtFrom(
  { auto_advance, automatically_finalizes_at }: UpdateParams,
  now: number,
): number | null | undefined {
  if (automatically_finalizes_at === undefined) {
    return auto_advance === undefined ? undefined : auto_advance ? now + HOUR_SECONDS : null;
  }
  if (auto_advance === false) throw failures.exclusive('auto_advance', 'automatically_finalizes_at');
  if (automatically_finalizes_at > now) return automatically_finalizes_at;
  throw failures.invalidRequest('`automatically_finalizes_at` must be in the future.', {
    param: 'automatically_finalizes_at',
  });
}

/**
 * When an invoice that is sent must be paid, in Unix seconds; null for one that is charged automatically.
 * @param before what the invoice has
 * @throws StripeFailure 400 for a due date that does not go together with the collection method, or without one
 */
export function dueDateFrom(
  { collection_method, days_until_due, due_date }: UpdateParams,
  before: Pick<Stripe.Invoice, 'collection_method' | 'created' | 'due_date'>,
): number | null {
  if ((collection_method ?? before.collection_method) !== 'send_invoice') {
    if (days_until_due === undefined && due_date === undefined) return null;
    const param = due_date === undefined ? 'days_until_due' : 'due_date';
    throw failures.invalidRequest(
      `\`${param}\` can only be set if the invoice's collection method is \`send_invoice\`.`,
      { param },
    );
  }
  if (days_until_due !== undefined && due_date !== undefined) {
    throw failures.exclusive('days_until_due', 'due_date');
  }
  if (days_until_due !== undefined) return before.created + days_until_due * DAY_SECONDS;
  const at = due_date ?? before.due_date;
  if (at === null) throw failures.missing('days_until_due');
  return at;
}

/** What a new invoice has before its parameters. */
export const NEW_SETTINGS = {
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  rendering: { amount_tax_display: null, pdf: { page_size: 'auto' }, template: null, template_version: null },
} satisfies Partial<Stripe.Invoice>;

function renderingFrom(
  { rendering }: UpdateParams,
  before: Pick<Stripe.Invoice, 'rendering'>,
): Stripe.Invoice.Rendering {
  const { pdf, ...rest } = before.rendering ?? NEW_SETTINGS.rendering;
  return {
    ...rest,
    ...(rendering?.amount_tax_display !== undefined && { amount_tax_display: rendering.amount_tax_display }),
    pdf: { page_size: rendering?.pdf?.page_size ?? pdf?.page_size ?? 'auto' },
  };
}

const shippingFrom = (
  given: NonNullable<UpdateParams['shipping_details']> | null,
): Stripe.Invoice.ShippingDetails | null =>
  given && {
    address: addressFrom(given.address),
    carrier: null,
    name: given.name,
    phone: given.phone ?? null,
    tracking_number: null,
  };
