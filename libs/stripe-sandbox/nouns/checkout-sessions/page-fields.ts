import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { createParams } from './params.js';

type CreateParams = Params<typeof createParams>;
type CustomField = Stripe.Checkout.Session.CustomField;

const MAX_CUSTOM_FIELDS = 3;

/** What a new session's page asks for and shows. @throws StripeFailure 400 for custom fields that do not go together */
export function pageFields(params: CreateParams) {
  const { consent_collection: consent, name_collection: names, shipping_address_collection } = params;
  return {
    billing_address_collection: params.billing_address_collection ?? null,
    consent_collection: consent
      ? {
          payment_method_reuse_agreement: consent.payment_method_reuse_agreement ?? null,
          promotions: consent.promotions ?? null,
          terms_of_service: consent.terms_of_service ?? null,
        }
      : null,
    custom_fields: customFieldsFrom(params.custom_fields ?? []),
    custom_text: {
      after_submit: params.custom_text?.after_submit ?? null,
      shipping_address: params.custom_text?.shipping_address ?? null,
      submit: params.custom_text?.submit ?? null,
      terms_of_service_acceptance: params.custom_text?.terms_of_service_acceptance ?? null,
    },
    ...(names && {
      name_collection: {
        ...(names.business && { business: { optional: false, ...names.business } }),
        ...(names.individual && { individual: { optional: false, ...names.individual } }),
      },
    }),
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    shipping_address_collection: shipping_address_collection ?? null,
  } satisfies Partial<Stripe.Checkout.Session>;
}

/** The invoice that a session's payment gets. */
export function invoiceCreationFrom({
  invoice_creation: given,
  mode,
}: CreateParams): Stripe.Checkout.Session.InvoiceCreation | null {
  if (mode !== 'payment') return null;
  const { custom_fields = null, description = null, footer = null, metadata } = given?.invoice_data ?? {};
  return {
    enabled: given?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields,
      description,
      footer,
      issuer: null,
      metadata: mergeMetadata({}, metadata),
      rendering_options: null,
    },
  };
}

type GivenField = NonNullable<CreateParams['custom_fields']>[number];

/** Source: https://docs.stripe.com/payments/checkout/custom-fields. */
function customFieldsFrom(given: readonly GivenField[]): CustomField[] {
  if (given.length > MAX_CUSTOM_FIELDS) {
    throw failures.invalidRequest(`You can pass at most ${MAX_CUSTOM_FIELDS} custom fields.`, {
      param: 'custom_fields',
    });
  }
  given.forEach(({ key }, index) => {
    const isTaken = given.findIndex((other) => other.key === key) < index;
    if (/^[A-Za-z0-9]+$/.test(key) && !isTaken) return;
    throw failures.invalidRequest('The key of a custom field must be alphanumeric and unique.', {
      param: `custom_fields[${index}][key]`,
    });
  });
  return given.map((field, index) => customFieldFrom(field, `custom_fields[${index}]`));
}

function customFieldFrom({ type, ...given }: GivenField, param: string): CustomField {
  const other = (['dropdown', 'numeric', 'text'] as const).find((each) => each !== type && given[each]);
  if (other) {
    throw failures.invalidRequest(`\`${other}\` can only be set for fields of that type.`, {
      param: `${param}[${other}]`,
    });
  }
  const field = { key: given.key, label: given.label, optional: given.optional ?? false, type };
  if (type === 'dropdown') {
    if (!given.dropdown) throw failures.missing(`${param}[dropdown]`);
    const { default_value = null, options } = given.dropdown;
    return { ...field, dropdown: { default_value, options, value: null } };
  }
  const { default_value = null, maximum_length = null, minimum_length = null } = given[type] ?? {};
  return { ...field, [type]: { default_value, maximum_length, minimum_length, value: null } };
}
