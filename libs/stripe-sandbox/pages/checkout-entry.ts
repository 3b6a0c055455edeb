import type Stripe from 'stripe';
import { decodeForm, type Form } from '../http/form.js';
import type { Entered } from '../nouns/checkout-sessions/collected.js';
import { text } from './card-entry.js';

/** Reads what a session's page asks for besides a payment method. Everything may be missing. */
export function readEntered(body: string, session: Stripe.Checkout.Session): Entered {
  const form = decodeForm(body);
  return {
    address: addressIn(form, 'billing'),
    businessName: text(form['business_name']),
    individualName: text(form['individual_name']),
    phone: text(form['phone']),
    shipping: { name: text(form['shipping_name']), address: addressIn(form, 'shipping') },
    fields: Object.fromEntries(session.custom_fields.map(({ key }) => [key, text(form[`field_${key}`])])),
    wantsPromotions: form['promotions'] === 'yes',
    savesMethod: form['save'] === 'yes',
  };
}

/** The ids of the saved card to pay with, or to remove, if one was chosen. */
export function readSavedCard(body: string): { chosen: string | undefined; removed: string | undefined } {
  const form = decodeForm(body);
  return { chosen: text(form['saved_card']), removed: text(form['remove_card']) };
}

const ADDRESS_FIELDS = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'] as const;

const addressIn = (form: Form, kind: 'billing' | 'shipping'): Partial<Stripe.Address> =>
  Object.fromEntries(
    ADDRESS_FIELDS.flatMap((field) => {
      const value = text(form[`${kind}_${field}`]);
      return value === undefined ? [] : [[field, value]];
    }),
  );
