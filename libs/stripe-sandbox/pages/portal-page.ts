import type Stripe from 'stripe';
import { pathOfPage } from '../http/page-url.js';
import { formatAmount } from '../money/currencies.js';
import { redirectTarget } from '../nouns/checkout-sessions/redirect-urls.js';
import { periodOf } from './checkout-page.js';
import { html, type Html } from './html.js';
import { dateOf, layout } from './layout.js';
import type { Plan, PortalView } from './portal-view.js';

/** The start page of the customer portal: https://docs.stripe.com/customer-management. */
export function portalPage(view: PortalView): string {
  const { configuration, error } = view;
  const { business_profile, features } = configuration;
  return layout(
    'Customer portal',
    html`<section class="card">
        <h1>${business_profile.headline ?? 'Manage your billing'}</h1>
        ${error && html`<p class="error" role="alert">${error}</p>`} ${returnLink(view)}
        ${backLink(business_profile.privacy_policy_url, 'Privacy policy')}
        ${backLink(business_profile.terms_of_service_url, 'Terms of service')}
      </section>
      ${view.plans.map((plan) => planCard(view, plan))} ${paymentMethods(view)}
      ${features.customer_update.enabled && customerDetails(view)}
      ${features.invoice_history.enabled && invoiceHistory(view)}`,
  );
}

/** A link back to the merchant, if there is one. */
const returnLink = ({ session }: PortalView): Html | false =>
  backLink(session.return_url, '← Return to the shop');

/** Links back from a page of the portal: to its start page, unless the session is for one thing only, and to the merchant. */
export const backLinks = (view: PortalView): Html =>
  html`${view.session.flow === null && html`<p><a class="back" href="${view.path}/home">← Back to your billing</a></p>`}
  ${returnLink(view)}`;

/** A link to one of the merchant's pages; none for anything but http and https. */
function backLink(url: string | null, label: string): Html | false {
  const target = redirectTarget(url ?? '');
  return target !== null && html`<p><a class="back" href="${target}">${label}</a></p>`;
}

function planCard({ configuration, path }: PortalView, plan: Plan): Html {
  const { subscription, name, offer } = plan;
  const { id, status, cancel_at, items } = subscription;
  const end = Math.min(...items.data.map(({ current_period_end }) => current_period_end));
  const isCancelable = configuration.features.subscription_cancel.enabled;
  return html`<section class="card" aria-label="Current plan">
    <h2>${name}</h2>
    <ul class="lines">
      ${items.data.map(({ price, quantity = 1 }) => html`<li><span>${quantity} × ${priceText(price)}</span></li>`)}
      <li>
        <span>
          ${cancel_at === null ? `Renews on ${dateOf(end)}` : `Ends on ${dateOf(cancel_at)}`}
          <small>${status.replaceAll('_', ' ')}</small>
        </span>
      </li>
    </ul>
    <div class="choices">
      ${offer && cancel_at === null && link(`${path}/update/${id}`, 'Update plan')}
      ${isCancelable && cancel_at === null && link(`${path}/cancel/${id}`, 'Cancel plan')}
      ${isCancelable && cancel_at !== null && action('renew', "Don't cancel plan", { subscription: id })}
    </div>
  </section>`;
}

/** A price as the customer reads it: "$10.00 per month". */
export const priceText = (price: Stripe.Price): string =>
  `${formatAmount(price.unit_amount ?? 0, price.currency)} ${periodOf(price)}`;

function paymentMethods({ cards, customer, configuration, path }: PortalView): Html {
  const chosen = customer.invoice_settings.default_payment_method;
  const isEditable = configuration.features.payment_method_update.enabled;
  return html`<section class="card" aria-label="Payment methods">
    <h2>Payment methods</h2>
    <ul class="lines">
      ${cards.map(
        ({ id, card, sepa_debit: account }) =>
          html`<li>
            <span>
              ${card?.display_brand ?? 'SEPA debit'} •••• ${(card ?? account)?.last4 ?? ''}
              ${id === chosen && html`<small>Default</small>`}
              ${card && html`<small>Expires ${card.exp_month}/${card.exp_year}</small>`}
            </span>
            ${isEditable && id !== chosen && action('default', 'Make default', { payment_method: id })}
            ${isEditable && action('remove', 'Remove', { payment_method: id })}
          </li>`,
      )}
    </ul>
    ${isEditable && link(`${path}/payment-methods`, 'Add payment method')}
  </section>`;
}

const customerDetails = ({ customer, path }: PortalView): Html =>
  html`<section class="card" aria-label="Billing information">
    <h2>Billing information</h2>
    <ul class="lines">
      ${[customer.name, customer.email, customer.phone, customer.address?.line1].map(
        (text) => text && html`<li><span>${text}</span></li>`,
      )}
    </ul>
    ${link(`${path}/customer`, 'Update information')}
  </section>`;

const invoiceHistory = ({ invoices }: PortalView): Html =>
  html`<section class="card" aria-label="Invoice history">
    <h2>Invoice history</h2>
    <ul class="lines">
      ${invoices.map(
        ({ hosted_invoice_url, created, total, currency, status }) =>
          html`<li>
            <span
              ><a href="${pathOfPage(hosted_invoice_url!)}">${dateOf(created)}</a
              ><small>${status}</small></span
            >
            <span class="amount">${formatAmount(total, currency)}</span>
          </li>`,
      )}
    </ul>
  </section>`;

const link = (url: string, label: string): Html => html`<a class="button quiet" href="${url}">${label}</a>`;

/** A button that does one thing at once. */
const action = (name: string, label: string, about: Record<string, string>): Html =>
  html`<form method="post">
    ${Object.entries(about).map(
      ([key, value]) => html`<input type="hidden" name="${key}" value="${value}" />`,
    )}
    <button class="quiet" name="action" value="${name}">${label}</button>
  </form>`;
