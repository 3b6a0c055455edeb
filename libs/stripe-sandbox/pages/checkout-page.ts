import type Stripe from 'stripe';
import { formatAmount } from '../money/currencies.js';
import { bankTransferForm, type CardForm, cardForm, errorText, field, sepaDebitForm } from './card-form.js';
import { checkbox, collectedFields, note } from './checkout-fields.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** The forms of the page: for a promotion code, for saved cards, and for each type of payment method. */
export type CheckoutFormName = 'promotion_code' | 'saved_card' | 'card' | 'sepa_debit' | 'customer_balance';

export interface CheckoutView {
  session: Stripe.Checkout.Session;
  lines: readonly Stripe.LineItem[];
  /** Saved cards that the customer can pay with. */
  cards: readonly Stripe.PaymentMethod[];
  /** Where the customer goes to cancel. */
  cancelUrl: string | null;
  contact: { email: string | null; name: string | null };
  error?: { form: CheckoutFormName; message: string } | undefined;
}

/** The hosted page of a session. */
export function checkoutPage(view: CheckoutView): string {
  const { session, cancelUrl, contact } = view;
  const isKnown = session.customer_details?.email != null;
  return layout(
    'Checkout',
    html`<section aria-label="Order summary">
        ${cancelUrl && html`<p><a class="back" href="${cancelUrl}">← Cancel and go back</a></p>`}
        ${session.mode === 'setup' ? html`<h1>Save your card for later</h1>` : summary(view)}
        ${hasForm(view, 'promotion_code') && promotionCodeForm(errorOf(view, 'promotion_code'))}
      </section>
      <div class="methods">
        ${view.error && !hasForm(view, view.error.form) && errorText(view.error.message)}
        ${hasForm(view, 'saved_card') && savedCards(view)}
        ${methodForms(view, { submit: submitOf(session), ...contact, asksForEmail: !isKnown })}
      </div>`,
    { isWide: true },
  );
}

/** Whether the page shows a form. What was sent may be by a form that it does not have, or not any more. */
function hasForm({ session, cards }: CheckoutView, form: CheckoutFormName): boolean {
  if (form === 'promotion_code') return session.allow_promotion_codes === true;
  if (form === 'saved_card') return cards.length > 0;
  return session.payment_method_types.includes(form);
}

/** A form for each type of payment method that the session takes. */
function methodForms(view: CheckoutView, form: CardForm): Html[] {
  const { session } = view;
  const formOf = (name: CheckoutFormName, more: Html): CardForm => ({
    ...form,
    error: errorOf(view, name),
    more,
  });
  return [
    ...(hasForm(view, 'card') ? [cardForm(formOf('card', moreFields(session, 'card')))] : []),
    ...(hasForm(view, 'sepa_debit')
      ? [sepaDebitForm(formOf('sepa_debit', moreFields(session, 'debit')))]
      : []),
    ...(hasForm(view, 'customer_balance')
      ? [bankTransferForm(formOf('customer_balance', collectedFields(session, 'transfer')))]
      : []),
    html`${note(session.custom_text.after_submit)}`,
  ];
}

/** The fields for what a session collects, and for whether to save what is entered. */
const moreFields = (session: Stripe.Checkout.Session, form: string): Html =>
  html`${collectedFields(session, form)}
  ${
    session.saved_payment_method_options?.payment_method_save === 'enabled' &&
    checkbox('save', 'Save payment details for future purchases', `${form}_save`, false)
  }`;

/** Pays with a saved card, or removes it if the session lets the customer. */
function savedCards(view: CheckoutView): Html {
  const { session, cards } = view;
  const isRemovable = session.saved_payment_method_options?.payment_method_remove === 'enabled';
  return html`<form method="post" class="card" aria-label="Saved cards">
    <h2>Saved cards</h2>
    ${errorText(errorOf(view, 'saved_card'))} ${collectedFields(session, 'saved')}
    <ul class="lines">
      ${cards.map(({ id, card }) => {
        const name = `${card!.display_brand ?? card!.brand} •••• ${card!.last4}`;
        return html`<li>
          <span>${name}<small>Expires ${card!.exp_month}/${card!.exp_year}</small></span>
          <button name="saved_card" value="${id}" aria-label="${`${submitOf(session)} with ${name}`}">
            ${submitOf(session)}
          </button>
          ${
            isRemovable &&
            html`<button
              class="quiet"
              name="remove_card"
              value="${id}"
              formnovalidate
              aria-label="${`Remove ${name}`}"
            >
              Remove
            </button>`
          }
        </li>`;
      })}
    </ul>
  </form>`;
}

/** What is wrong with what was sent by a form. */
const errorOf = ({ error }: CheckoutView, form: CheckoutFormName): string | undefined =>
  error?.form === form ? error.message : undefined;

function summary({ session, lines }: CheckoutView): Html {
  const total = formatAmount(session.amount_total!, session.currency!);
  const listed = lines.reduce((sum, { amount_total }) => sum + amount_total, 0);
  const isTrial = listed !== session.amount_total;
  return html`<h1>${session.mode === 'subscription' ? 'Subscribe' : 'Pay'}</h1>
    <p class="total">${total} <small>${session.currency!.toUpperCase()} due today</small></p>
    <ul class="lines">
      ${lines.map(lineRow)} ${isTrial && html`<li><span>${TRIAL}</span></li>`} ${discountRow(session)}
      <li class="sum"><span>Total due today</span><span class="amount">${total}</span></li>
    </ul>`;
}

const TRIAL = 'Starts with a free trial: recurring prices are charged when it ends.';

/** The field for a promotion code. It posts to its own page. */
const promotionCodeForm = (error: string | undefined): Html =>
  html`<form method="post" class="promotion" aria-label="Promotion code">
    ${errorText(error)}
    ${field('promotion_code', 'Promotion code', { autocomplete: 'off', required: true, error })}
    <button class="quiet" type="submit">Apply</button>
  </form>`;

function discountRow({ total_details, currency }: Stripe.Checkout.Session): Html | false {
  const amount = total_details?.amount_discount ?? 0;
  if (amount === 0) return false;
  return html`<li><span>Discount</span><span class="amount">${formatAmount(-amount, currency!)}</span></li>`;
}

/** Before discounts, which have a row of their own. */
function lineRow({ description, quantity, price, amount_subtotal, currency }: Stripe.LineItem): Html {
  const unit = price?.unit_amount == null ? '' : `${formatAmount(price.unit_amount, currency)} each`;
  const detail = [`Qty ${quantity}`, unit, periodOf(price)].filter(Boolean).join(', ');
  return html`<li>
    <span>${description}<small>${detail}</small></span>
    <span class="amount">${formatAmount(amount_subtotal, currency)}</span>
  </li>`;
}

/** How often a recurring price is charged: "per month". */
export function periodOf(price: Stripe.Price | null): string {
  if (!price?.recurring) return '';
  const { interval, interval_count } = price.recurring;
  return interval_count === 1 ? `per ${interval}` : `every ${interval_count} ${interval}s`;
}

/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-submit_type. */
const SUBMIT_WORDS: Record<string, string> = { book: 'Book', donate: 'Donate' };

function submitOf({ mode, amount_total, currency, submit_type }: Stripe.Checkout.Session): string {
  if (mode === 'setup') return 'Save card';
  if (mode === 'subscription') return 'Subscribe';
  return `${SUBMIT_WORDS[submit_type ?? ''] ?? 'Pay'} ${formatAmount(amount_total!, currency!)}`;
}
