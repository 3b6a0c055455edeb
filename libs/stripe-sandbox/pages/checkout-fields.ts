import type Stripe from 'stripe';
import { field } from './card-form.js';
import { html, type Html } from './html.js';

type Session = Stripe.Checkout.Session;
type CustomField = Stripe.Checkout.Session.CustomField;

/** The fields for what a session collects besides a payment method. @param form makes the ids of its fields unique */
export function collectedFields(session: Session, form: string): Html {
  const { business, individual } = session.name_collection ?? {};
  const id = (name: string): string => `${form}_${name}`;
  return html`${
    business?.enabled &&
    field('business_name', 'Business name', {
      id: id('business_name'),
      autocomplete: 'organization',
      required: !business.optional,
    })
  }
  ${
    individual?.enabled &&
    field('individual_name', 'Full name', {
      id: id('individual_name'),
      autocomplete: 'name',
      required: !individual.optional,
    })
  }
  ${
    session.phone_number_collection?.enabled &&
    field('phone', 'Phone', { id: id('phone'), type: 'tel', autocomplete: 'tel', required: true })
  }
  ${session.billing_address_collection === 'required' && addressFields('billing', id)}
  ${session.shipping_address_collection && shippingFields(session, id)}
  ${session.custom_fields.map((each) => customField(each, id(`field_${each.key}`)))}
  ${consentFields(session, id)}`;
}

const addressFields = (kind: 'billing' | 'shipping', id: (name: string) => string, country?: Html): Html => {
  const part = (name: string, label: string, autocomplete: string, required = true): Html =>
    field(`${kind}_${name}`, label, {
      id: id(`${kind}_${name}`),
      autocomplete: `${kind} ${autocomplete}`,
      required,
    });
  return html`<fieldset>
    <legend>${kind === 'billing' ? 'Billing address' : 'Shipping address'}</legend>
    ${kind === 'shipping' && part('name', 'Name', 'name')} ${part('line1', 'Address', 'address-line1')}
    ${part('line2', 'Apartment or suite', 'address-line2', false)}
    <div class="row">
      ${part('postal_code', 'Postal code', 'postal-code')} ${part('city', 'City', 'address-level2')}
    </div>
    ${part('state', 'State', 'address-level1', false)}
    ${country ?? part('country', 'Country (two letters)', 'country')}
  </fieldset>`;
};

function shippingFields(session: Session, id: (name: string) => string): Html {
  const countries = session.shipping_address_collection!.allowed_countries;
  const choice = html`<div class="field">
    <label for="${id('shipping_country')}">Country</label>
    <select id="${id('shipping_country')}" name="shipping_country" autocomplete="shipping country">
      ${countries.map((code) => html`<option>${code}</option>`)}
    </select>
  </div>`;
  return html`${note(session.custom_text.shipping_address)} ${addressFields('shipping', id, choice)}`;
}

function customField({ dropdown, key, label, numeric, optional, text }: CustomField, id: string): Html {
  const name = `field_${key}`;
  const title = `${label.custom}${optional ? ' (optional)' : ''}`;
  if (dropdown) {
    return html`<div class="field">
      <label for="${id}">${title}</label>
      <select id="${id}" name="${name}">
        ${optional && html`<option value=""></option>`}
        ${dropdown.options.map(
          (option) =>
            html`<option value="${option.value}" ${option.value === dropdown.default_value && html`selected`}>
              ${option.label}
            </option>`,
        )}
      </select>
    </div>`;
  }
  return field(name, title, {
    id,
    autocomplete: 'off',
    inputmode: numeric ? 'numeric' : 'text',
    value: (numeric ?? text)?.default_value ?? '',
    required: !optional,
  });
}

function consentFields(session: Session, id: (name: string) => string): Html {
  const {
    promotions,
    terms_of_service,
    payment_method_reuse_agreement: reuse,
  } = session.consent_collection ?? {};
  const terms =
    session.custom_text.terms_of_service_acceptance?.message ?? 'I agree to the terms of service.';
  return html`${promotions === 'auto' && checkbox('promotions', 'Send me promotions.', id('promotions'), false)}
  ${terms_of_service === 'required' && checkbox('terms_of_service', terms, id('terms_of_service'), true)}
  ${reuse?.position === 'auto' && html`<p>Your payment method will be kept for later payments.</p>`}
  ${note(session.custom_text.submit)}`;
}

/** A labelled checkbox. */
export const checkbox = (name: string, label: string, id: string, required: boolean): Html =>
  html`<p class="check">
    <input id="${id}" name="${name}" type="checkbox" value="yes" ${required && html`required`} />
    <label for="${id}">${label}</label>
  </p>`;

/** A text of the merchant's. */
export const note = (text: { message: string } | null): Html | false =>
  text !== null && html`<p>${text.message}</p>`;
