import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';

/** What a person enters on a session's page besides a payment method. */
export interface Entered {
  address?: Partial<Stripe.Address> | undefined;
  businessName?: string | undefined;
  individualName?: string | undefined;
  phone?: string | undefined;
  shipping?: { name?: string | undefined; address: Partial<Stripe.Address> } | undefined;
  /** The values of custom fields, by key. */
  fields?: Readonly<Record<string, string | undefined>>;
  /** Whether the person wants to get promotions. */
  wantsPromotions?: boolean;
  /** Whether the person wants the payment method to be saved. */
  savesMethod?: boolean;
}

/** What a session collects from a person, as it shows it once it is complete. */
export interface Collected {
  address: Stripe.Address | null;
  businessName: string | null;
  individualName: string | null;
  phone: string | null;
  shipping: Stripe.Checkout.Session.CollectedInformation.ShippingDetails | null;
  consent: Stripe.Checkout.Session.Consent | null;
  customFields: Stripe.Checkout.Session.CustomField[];
}

type Session = Stripe.Checkout.Session;

/** What is taken for a field that is left empty, so that a card number is enough to pay. */
const DEFAULT_ADDRESS: Stripe.Address = {
  city: 'South San Francisco',
  country: 'US',
  line1: '354 Oyster Point Blvd',
  line2: null,
  postal_code: '94080',
  state: 'CA',
};
const DEFAULT_NAME = 'Jenny Rosen';
const DEFAULT_PHONE = '+15555550100';

/**
 * What a session asks for, of what was entered, or else a default.
 * @param holder the name that was entered for the payment method
 * @throws StripeFailure 400 for a country that it does not ship to, or a value that a custom field does not take
 */
export function collect(session: Session, entered: Entered, holder: string | null): Collected {
  const { business, individual } = session.name_collection ?? {};
  return {
    address: collectAddress(session, entered),
    businessName: collectName(business, entered.businessName, 'Rosen Ltd'),
    individualName: collectName(individual, entered.individualName, holder ?? DEFAULT_NAME),
    phone: session.phone_number_collection?.enabled ? (entered.phone ?? DEFAULT_PHONE) : null,
    shipping: collectShipping(session, entered, holder),
    consent: collectConsent(session, entered),
    customFields: session.custom_fields.map((field) => withValue(field, entered.fields?.[field.key])),
  };
}

function collectAddress(
  { billing_address_collection }: Session,
  { address }: Entered,
): Stripe.Address | null {
  if (billing_address_collection !== 'required' && !address?.line1) return null;
  return address?.line1 ? addressOf(address, DEFAULT_ADDRESS.country) : DEFAULT_ADDRESS;
}

function collectName(
  asked: { enabled: boolean; optional: boolean } | undefined,
  entered: string | undefined,
  missing: string,
): string | null {
  if (!asked?.enabled) return null;
  return entered ?? (asked.optional ? null : missing);
}

function collectShipping(
  { shipping_address_collection: asked }: Session,
  { shipping }: Entered,
  holder: string | null,
): Collected['shipping'] {
  if (!asked) return null;
  const [first] = asked.allowed_countries;
  const name = shipping?.name ?? holder ?? DEFAULT_NAME;
  if (!shipping?.address.line1) return { name, address: { ...DEFAULT_ADDRESS, country: first! } };
  const address = addressOf(shipping.address, first!);
  if (asked.allowed_countries.some((country) => country === address.country)) return { name, address };
  throw failures.invalidRequest(`This shop does not ship to ${address.country}.`);
}

const addressOf = (given: Partial<Stripe.Address>, country: string | null): Stripe.Address => ({
  city: given.city ?? null,
  country: given.country ?? country,
  line1: given.line1 ?? null,
  line2: given.line2 ?? null,
  postal_code: given.postal_code ?? null,
  state: given.state ?? null,
});

function collectConsent({ consent_collection: asked }: Session, entered: Entered): Collected['consent'] {
  if (!asked) return null;
  const wish = entered.wantsPromotions ? 'opt_in' : 'opt_out';
  return {
    promotions: asked.promotions === 'auto' ? wish : null,
    terms_of_service: asked.terms_of_service === 'required' ? 'accepted' : null,
  };
}

type CustomField = Stripe.Checkout.Session.CustomField;

/** @throws StripeFailure 400 for a value that the field does not take */
function withValue(field: CustomField, entered: string | undefined): CustomField {
  if (field.dropdown) {
    const { default_value, options } = field.dropdown;
    const value = entered ?? default_value ?? (field.optional ? null : options[0]!.value);
    if (value !== null && !options.some((option) => option.value === value)) throw badValue(field);
    return { ...field, dropdown: { ...field.dropdown, value } };
  }
  const { default_value, minimum_length, maximum_length } = (field.numeric ?? field.text)!;
  const filled = '1'.repeat(minimum_length ?? 1);
  const value = entered ?? default_value ?? (field.optional ? null : filled);
  const isTooLong = value !== null && value.length > (maximum_length ?? 255);
  const isTooShort = value !== null && value.length < (minimum_length ?? 0);
  if (isTooLong || isTooShort || (field.numeric && value !== null && !/^\d+$/.test(value))) {
    throw badValue(field);
  }
  return field.numeric
    ? { ...field, numeric: { ...field.numeric, value } }
    : { ...field, text: { ...field.text!, value } };
}

const badValue = ({ label }: CustomField) =>
  failures.invalidRequest(`Your entry for "${label.custom}" is not valid.`);
