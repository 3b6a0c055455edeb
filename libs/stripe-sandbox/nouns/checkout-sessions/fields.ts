import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { Contact } from '../../store/records.js';
import { paymentMethodFields } from '../intents/payment-method-types.js';
import { invoiceCreationFrom, pageFields } from './page-fields.js';
import type { createParams } from './params.js';

type CreateParams = Params<typeof createParams>;

/**
 * A new session without its amounts, its expiry and its setup intent.
 * @param currency of its line items, or that of the parameters
 * Source: https://docs.stripe.com/api/checkout/sessions/object.
 */
export function buildSession(
  ctx: Context,
  params: CreateParams,
  currency: string | undefined,
): Omit<Stripe.Checkout.Session, 'setup_intent' | 'expires_at'> {
  const { mode, customer } = params;
  const id = newId('checkoutSession');
  const methods = methodFields(params, currency);
  return {
    id,
    object: 'checkout.session',
    ...UNUSED,
    ...pageFields(params),
    ...methods,
    after_expiration: afterExpirationFrom(params),
    adaptive_pricing: mode === 'payment' ? { enabled: false } : null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    amount_subtotal: null,
    amount_total: null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: ctx.now(),
    currency: params.currency ?? null,
    customer: customer ?? null,
    customer_creation:
      mode === 'subscription' || customer ? null : (params.customer_creation ?? 'if_required'),
    customer_details: initialCustomerDetails(ctx, params),
    customer_email: params.customer_email ?? null,
    discounts: mode === 'setup' ? null : [],
    ...(params.excluded_payment_method_types && {
      excluded_payment_method_types: params.excluded_payment_method_types,
    }),
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: invoiceCreationFrom(params),
    livemode: false,
    locale: params.locale ?? null,
    metadata: mergeMetadata({}, params.metadata),
    mode,
    payment_intent: null,
    payment_method_collection:
      mode === 'payment' ? 'if_required' : (params.payment_method_collection ?? 'always'),
    payment_method_options: methodOptions(params, methods.payment_method_types),
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    saved_payment_method_options: savedMethodOptions(params),
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url,
    total_details: null,
    ui_mode: 'hosted_page',
    url: `${ctx.origin}/c/pay/${id}`,
  };
}

/** Source: https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-saved_payment_method_options. */
function savedMethodOptions({
  customer,
  saved_payment_method_options: given,
}: CreateParams): Stripe.Checkout.Session.SavedPaymentMethodOptions | null {
  if (customer === undefined && given === undefined) return null;
  return {
    allow_redisplay_filters: given?.allow_redisplay_filters ?? ['always'],
    payment_method_remove: given?.payment_method_remove ?? 'disabled',
    payment_method_save: given?.payment_method_save ?? null,
  };
}

/** What a session shows of the types of payment method that it takes. */
function methodFields(params: CreateParams, currency: string | undefined) {
  const { allowed_payment_method_types, payment_method_configuration_details, payment_method_types } =
    paymentMethodFields(
      {
        allowed_payment_method_types: params.allowed_payment_method_types,
        excluded_payment_method_types: params.excluded_payment_method_types,
        payment_method_types: params.payment_method_types,
      },
      {
        currency,
        captureMethod: params.payment_intent_data?.capture_method,
        isPayment: params.mode === 'payment',
        isOfCustomer: params.customer !== undefined,
      },
      'Checkout Session',
    );
  return { allowed_payment_method_types, payment_method_configuration_details, payment_method_types };
}

/** The options of the types of payment method that a session takes. */
function methodOptions(
  { payment_method_options: given, payment_method_types: listed }: CreateParams,
  types: readonly string[],
): Stripe.Checkout.Session.PaymentMethodOptions {
  const funding_type = listed ? null : 'bank_transfer';
  return {
    card: { request_three_d_secure: 'automatic', ...given?.card },
    ...(types.includes('customer_balance') && {
      customer_balance: { funding_type, ...given?.customer_balance },
    }),
  };
}

function afterExpirationFrom({
  after_expiration: given,
}: CreateParams): Stripe.Checkout.Session.AfterExpiration | null {
  if (!given) return null;
  const { recovery } = given;
  return {
    recovery: recovery
      ? {
          allow_promotion_codes: recovery.allow_promotion_codes ?? false,
          enabled: recovery.enabled,
          expires_at: null,
          url: null,
        }
      : null,
  };
}

/** Fields of Stripe's sessions that the sandbox does not use. */
const UNUSED = {
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  client_secret: null,
  collected_information: null,
  consent: null,
  currency_conversion: null,
  customer_account: null,
  managed_payments: { enabled: false },
  origin_context: null,
  payment_link: null,
  permissions: null,
  recovered_from: null,
  shipping_cost: null,
  shipping_options: [],
  wallet_options: null,
} satisfies Partial<Stripe.Checkout.Session>;

/** What is known before the page is filled in. */
function initialCustomerDetails(
  ctx: Context,
  params: CreateParams,
): Stripe.Checkout.Session.CustomerDetails | null {
  const customer = params.customer === undefined ? undefined : ctx.store.customers.get(params.customer);
  const email = params.customer_email ?? customer?.email ?? null;
  return email === null && !customer ? null : buildCustomerDetails({ email });
}

/** The `customer_details` of what was entered on the page. */
export function buildCustomerDetails({
  address = null,
  businessName = null,
  email,
  individualName = null,
  name = null,
  phone = null,
}: Partial<Contact> & Pick<Contact, 'email'>): Stripe.Checkout.Session.CustomerDetails {
  return {
    address,
    business_name: businessName,
    email,
    individual_name: individualName,
    name,
    phone,
    tax_exempt: 'none',
    tax_ids: null,
  };
}
