import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newClientSecret, newId } from '../../store/ids.js';
import { shippingFrom } from '../charges/charge.js';
import { paymentMethodFields } from '../intents/payment-method-types.js';
import type { createParams } from './params.js';

type CreateParams = Params<typeof createParams>;

/**
 * A new intent from its parameters, without a payment method.
 * Source: https://docs.stripe.com/api/payment_intents/object.
 */
export function buildPaymentIntent(ctx: Context, params: CreateParams): Stripe.PaymentIntent {
  const id = newId('paymentIntent');
  const { customer = null, shipping, metadata } = params;
  const methods = paymentMethodFields(
    params,
    { currency: params.currency, captureMethod: params.capture_method, isPayment: true },
    'Payment Intent',
  );
  return {
    id,
    object: 'payment_intent',
    amount: params.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: newClientSecret(id),
    confirmation_method: params.confirmation_method ?? 'automatic',
    created: ctx.now(customer),
    currency: params.currency,
    customer,
    customer_account: null,
    description: params.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: mergeMetadata({}, metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    ...methods,
    payment_method_options: optionsFrom(
      params.payment_method_options,
      methods.payment_method_types.includes('customer_balance')
        ? { customer_balance: { funding_type: params.payment_method_types ? null : 'bank_transfer' } }
        : {},
    ),
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    review: null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: shipping ? shippingFrom(shipping) : null,
    source: null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: params.transfer_group ?? null,
  };
}

const CARD_OPTIONS: Stripe.PaymentIntent.PaymentMethodOptions.Card = {
  installments: null,
  mandate_options: null,
  network: null,
  request_three_d_secure: 'automatic',
};

/** The options for each type of payment method: the given values, else the intent's current ones, else Stripe's defaults. */
export function optionsFrom(
  given: CreateParams['payment_method_options'],
  before: Stripe.PaymentIntent.PaymentMethodOptions | null = {},
): Stripe.PaymentIntent.PaymentMethodOptions {
  const { capture_method, setup_future_usage, ...card } = given?.card ?? {};
  const balance = before?.customer_balance ?? given?.customer_balance;
  const sepaDebit = { ...before?.sepa_debit, ...given?.sepa_debit };
  return {
    card: {
      ...CARD_OPTIONS,
      ...before?.card,
      ...card,
      ...(capture_method !== undefined && { capture_method: capture_method ?? undefined }),
      ...(setup_future_usage !== undefined && { setup_future_usage: setup_future_usage ?? undefined }),
    },
    ...(balance && {
      customer_balance: { funding_type: null, ...before?.customer_balance, ...given?.customer_balance },
    }),
    ...(given?.sepa_debit && {
      sepa_debit: { ...sepaDebit, setup_future_usage: sepaDebit.setup_future_usage ?? undefined },
    }),
  };
}

/** How an intent is captured: the option for cards overrides the intent's own. */
export const captureMethodOf = ({ capture_method, payment_method_options }: Stripe.PaymentIntent): string =>
  payment_method_options?.card?.capture_method ?? capture_method;
