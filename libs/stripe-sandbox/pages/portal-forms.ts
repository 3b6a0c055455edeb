import type Stripe from 'stripe';
import { cardForm } from './card-form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { backLinks, priceText } from './portal-page.js';
import type { Plan, PortalView } from './portal-view.js';

/** Asks whether to cancel a subscription, and for the reason if the configuration says so. */
export function cancelPage(view: PortalView, { name }: Plan): string {
  const { mode, cancellation_reason } = view.configuration.features.subscription_cancel;
  const when = mode === 'immediately' ? 'now' : 'at the end of its period';
  return formPage(
    view,
    `Cancel ${name}?`,
    html`<p>Your plan ends ${when}.</p>
      ${
        cancellation_reason.enabled &&
        html`<div class="field">
          <label for="feedback">Why do you cancel?</label>
          <select id="feedback" name="feedback">
            ${cancellation_reason.options.map((each) => option(each, each.replaceAll('_', ' '), false))}
          </select>
        </div>`
      }
      <button type="submit">Cancel plan</button>`,
  );
}

/** The change that a customer chooses, or only confirms if a flow has chosen it. */
export function updatePage(
  view: PortalView,
  { offer, name, priceNames }: Plan,
  chosen?: Stripe.BillingPortal.Session.Flow.SubscriptionUpdateConfirm.Item,
): string {
  const { item, prices, quantity } = offer!;
  const offered = chosen?.price ? prices.filter(({ id }) => id === chosen.price) : prices;
  const count = chosen?.quantity ?? item.quantity ?? 1;
  return formPage(
    view,
    chosen ? 'Confirm your updates' : `Update ${name}`,
    html`<div class="field">
        <label for="price">Plan</label>
        <select id="price" name="price">
          ${offered.map((price) =>
            option(
              price.id,
              `${priceNames.get(price.id)}: ${priceText(price)}`,
              price.id === (chosen?.price ?? item.price.id),
            ),
          )}
        </select>
      </div>
      ${
        quantity &&
        html`<div class="field">
          <label for="quantity">Quantity</label>
          <input id="quantity" name="quantity" inputmode="numeric" value="${count}" />
        </div>`
      }
      <button type="submit">Confirm</button>`,
  );
}

/** A card form. */
export const addCardPage = (view: PortalView): string =>
  layout(
    'Add payment method',
    html`<section>
        <h1>Add payment method</h1>
        ${backLinks(view)}
      </section>
      ${cardForm({
        submit: 'Add',
        error: view.error,
        email: view.customer.email,
        asksForEmail: false,
        // A failed authentication shows the form on another page.
        action: `${view.path}/payment-methods`,
      })}`,
    { isWide: true },
  );

/** The fields that the configuration lets the customer change. */
export function customerPage(view: PortalView): string {
  const { allowed_updates } = view.configuration.features.customer_update;
  return formPage(
    view,
    'Billing information',
    html`${allowed_updates.flatMap((field) => customerFields(view.customer, field))}
      <button type="submit">Save</button>`,
  );
}

const ADDRESS_LABELS = {
  line1: 'Address line 1',
  line2: 'Address line 2',
  postal_code: 'Postal code',
  city: 'City',
  state: 'State',
  country: 'Country (two letters)',
} as const;

function customerFields(customer: Stripe.Customer, field: string): Html[] {
  const { address, shipping } = customer;
  if (field === 'address') return addressFields('address', 'Billing address', address ?? null);
  if (field === 'shipping') {
    return [
      textField('shipping[name]', 'Shipping name', shipping?.name),
      ...addressFields('shipping[address]', 'Shipping address', shipping?.address ?? null),
    ];
  }
  const labels: Record<string, string> = { email: 'Email', name: 'Name', phone: 'Phone number' };
  return [textField(field, labels[field] ?? field, customer[field as 'email' | 'name' | 'phone'])];
}

const addressFields = (name: string, title: string, address: Stripe.Address | null): Html[] => [
  html`<h2>${title}</h2>`,
  ...Object.entries(ADDRESS_LABELS).map(([key, label]) =>
    textField(`${name}[${key}]`, label, address?.[key as keyof typeof ADDRESS_LABELS]),
  ),
];

const textField = (name: string, label: string, value: string | null | undefined): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value ?? ''}" />
  </div>`;

const option = (value: string, label: string, isSelected: boolean): Html =>
  html`<option value="${value}" ${isSelected && html`selected`}>${label}</option>`;

const formPage = (view: PortalView, title: string, fields: Html): string =>
  layout(
    title,
    html`<form method="post" class="card">
      <h1>${title}</h1>
      ${view.error && html`<p class="error" role="alert">${view.error}</p>`} ${fields} ${backLinks(view)}
    </form>`,
  );
