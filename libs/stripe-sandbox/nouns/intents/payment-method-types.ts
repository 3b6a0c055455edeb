import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { BANK_TRANSFERS } from '../cash-balance/params.js';
import { isSince } from '../../http/versions.js';

interface AccountType {
  type: string;
  /** Without them, any currency. */
  currencies?: readonly string[];
  canHold: boolean;
  /** Whether it is for payments of a customer only: those that name it, and pages for a known customer. */
  needsCustomer?: boolean;
}

/** The payment methods that the account has turned on. */
const ACCOUNT_TYPES: readonly AccountType[] = [
  { type: 'card', canHold: true },
  { type: 'sepa_debit', currencies: ['eur'], canHold: false },
  {
    type: 'customer_balance',
    currencies: Object.values(BANK_TRANSFERS),
    canHold: false,
    needsCustomer: true,
  },
];
const CONFIGURATION = { id: 'pmc_1SandboxCardsOnly0000000', parent: null };

/** Earlier versions take only cards by default: https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods. */
const AUTOMATIC_BY_DEFAULT_SINCE = '2023-08-16';

/** The parameters that choose which types of payment method an intent accepts. */
export interface PaymentMethodTypeParams {
  allowed_payment_method_types?: string[];
  automatic_payment_methods?: { enabled: boolean; allow_redirects?: 'always' | 'never' };
  excluded_payment_method_types?: string[] | null;
  payment_method_types?: string[];
}

const EXCLUSIVE: readonly (keyof PaymentMethodTypeParams)[] = [
  'allowed_payment_method_types',
  'automatic_payment_methods',
  'payment_method_types',
];

type PaymentMethodFields = Pick<
  Stripe.PaymentIntent,
  | 'allowed_payment_method_types'
  | 'automatic_payment_methods'
  | 'excluded_payment_method_types'
  | 'payment_method_configuration_details'
  | 'payment_method_types'
>;

/**
 * The fields of an intent about its types of payment method. Without parameters the account's types apply.
 * Source: https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter.
 * @param payment what is to be paid or set up, if that is known already. `isOfCustomer` is for pages:
 *   https://docs.stripe.com/payments/bank-transfers#get-started
 * @param label how Stripe's messages name the resource, such as `Payment Intent`
 * @throws StripeFailure 400 for parameters that exclude each other, or when no type is left
 */
export function paymentMethodFields(
  params: PaymentMethodTypeParams,
  {
    currency,
    captureMethod,
    isPayment = false,
    isOfCustomer = false,
  }: {
    currency?: string | undefined;
    captureMethod?: string | undefined;
    isPayment?: boolean;
    isOfCustomer?: boolean;
  },
  label: string,
): PaymentMethodFields {
  requireOneChoice(params);
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded = null } = params;
  const listed = allowed ?? params.payment_method_types;
  const types = ACCOUNT_TYPES.filter(
    ({ type, currencies, canHold, needsCustomer = false }) =>
      // Without a currency, a type for some currencies must be asked for.
      (listed?.includes(type) ??
        ((isOfCustomer || !needsCustomer) && (!currencies || currency !== undefined))) &&
      (isPayment || !needsCustomer) &&
      !excluded?.includes(type) &&
      (!currencies || currency === undefined || currencies.includes(currency)) &&
      (canHold || captureMethod !== 'manual'),
  ).map(({ type }) => type);
  if (types.length === 0) {
    throw failures.invalidRequest(
      `No valid payment method types for this ${label}. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard (https://dashboard.stripe.com/settings/payment_methods) or choose a different currency.`,
    );
  }
  const isAutomatic = !listed && (params.automatic_payment_methods?.enabled ?? true);
  const allow_redirects = params.automatic_payment_methods?.allow_redirects ?? 'always';
  return {
    allowed_payment_method_types: allowed ?? null,
    automatic_payment_methods: isAutomatic ? { allow_redirects, enabled: true } : null,
    excluded_payment_method_types: excluded,
    payment_method_configuration_details: isAutomatic ? CONFIGURATION : null,
    payment_method_types: types,
  };
}

/** Whether a request changes which types of payment method an intent accepts. */
export const choosesTypes = (params: PaymentMethodTypeParams): boolean =>
  params.allowed_payment_method_types !== undefined ||
  params.excluded_payment_method_types !== undefined ||
  params.payment_method_types !== undefined;

function requireOneChoice(params: PaymentMethodTypeParams): void {
  const given = EXCLUSIVE.filter((name) => params[name] !== undefined);
  if (params.excluded_payment_method_types && params.allowed_payment_method_types) {
    given.push('excluded_payment_method_types');
  }
  if (given.length <= 1) return;
  throw failures.invalidRequest(`You may only specify one of these parameters: ${given.join(', ')}.`);
}

/** The parameters of a new intent with the default of the request's API version. */
export function withDefaultTypes<P extends PaymentMethodTypeParams>(ctx: Context, params: P): P {
  const isChosen = EXCLUSIVE.some((name) => params[name] !== undefined);
  if (isChosen || isSince(ctx.cause.version, AUTOMATIC_BY_DEFAULT_SINCE)) return params;
  return { ...params, payment_method_types: ['card'] };
}
