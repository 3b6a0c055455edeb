import { html, type Html } from './html.js';

/** Test cards, each for another outcome: https://docs.stripe.com/testing. */
const EXAMPLES = [
  ['4242424242424242', 'Succeeds'],
  ['4000002760003184', 'Asks for authentication'],
  ['4000000000000002', 'Declined'],
  ['4000000000009995', 'Insufficient funds'],
  ['4000000000000069', 'Expired card'],
  ['4000000000000127', 'Incorrect CVC'],
  ['4000000000000341', 'Saved, then declined when charged'],
] as const;

export interface CardForm {
  /** The label of the button. */
  submit: string;
  error?: string | undefined;
  /** Entered in an earlier attempt. */
  email?: string | null;
  name?: string | null;
  asksForEmail: boolean;
  /** More fields, before the button. */
  more?: Html;
  /** The path that it posts to; its own page by default. */
  action?: string;
}

/** A card form with buttons for Stripe's test cards. */
export function cardForm({ submit, error, email, name, asksForEmail, more, action }: CardForm): Html {
  return html`<form
    method="post"
    ${action && html`action="${action}"`}
    class="card"
    aria-label="Card details"
  >
    <h2>Card details</h2>
    ${errorText(error)} ${asksForEmail && field('email', 'Email', { ...EMAIL, value: email ?? '' })}
    ${field('number', 'Card number', {
      inputmode: 'numeric',
      autocomplete: 'cc-number',
      placeholder: '1234 1234 1234 1234',
      required: true,
      error,
    })}
    <div class="row">
      ${field('expiry', 'Expiry (MM/YY)', {
        autocomplete: 'cc-exp',
        placeholder: 'MM/YY',
        required: true,
      })}
      ${field('cvc', 'Security code', { inputmode: 'numeric', autocomplete: 'cc-csc', required: true })}
    </div>
    ${field('name', 'Name on card', { autocomplete: 'cc-name', value: name ?? '' })} ${more}
    <button type="submit">${submit}</button>
    <div class="tests">
      <p>Or use a test card with one click:</p>
      <ul>
        ${EXAMPLES.map(
          ([number, effect]) =>
            html`<li>
              <button class="quiet" name="test_card" value="${number}" formnovalidate>
                <span>${effect}</span> <code>${grouped(number)}</code>
              </button>
            </li>`,
        )}
      </ul>
    </div>
  </form>`;
}

/** Test accounts, each for another outcome: https://docs.stripe.com/payments/sepa-debit/accept-a-payment. */
const ACCOUNTS = [
  ['DE89370400440532013000', 'Is processing, then succeeds'],
  ['DE62370400440532013001', 'Is processing, then fails'],
  ['DE08370400440532013003', 'Succeeds after three minutes'],
  ['DE35370400440532013002', 'Succeeds, then is disputed'],
] as const;

/** A form for a bank account with buttons for Stripe's test IBANs. It posts to its own page. */
export function sepaDebitForm({ submit, error, email, name, asksForEmail, more }: CardForm): Html {
  return html`<form method="post" class="card" aria-label="SEPA debit">
    <h2>SEPA debit</h2>
    ${errorText(error)}
    ${asksForEmail && field('email', 'Email', { ...EMAIL, id: 'holder_email', value: email ?? '' })}
    ${field('name', 'Account holder', {
      id: 'holder_name',
      autocomplete: 'name',
      value: name ?? '',
      required: true,
    })}
    ${field('iban', 'IBAN', {
      autocomplete: 'off',
      placeholder: 'DE00 0000 0000 0000 0000 00',
      required: true,
      error,
    })}
    ${more}
    <p>You authorize the sandbox to debit this account, and your bank to honor the debit.</p>
    <button type="submit">${submit}</button>
    <div class="tests">
      <p>Or use a test account with one click:</p>
      <ul>
        ${ACCOUNTS.map(
          ([iban, effect]) =>
            html`<li>
              <button class="quiet" name="test_iban" value="${iban}" formnovalidate>
                <span>${effect}</span> <code>${iban}</code>
              </button>
            </li>`,
        )}
      </ul>
    </div>
  </form>`;
}

/** A form for a bank transfer, whose instructions are on the next page. It posts to its own page. */
export function bankTransferForm({ submit, error, email, asksForEmail, more }: CardForm): Html {
  return html`<form method="post" class="card" aria-label="Bank transfer">
    <h2>Bank transfer</h2>
    ${errorText(error)}
    ${asksForEmail && field('email', 'Email', { ...EMAIL, id: 'sender_email', value: email ?? '' })} ${more}
    <button type="submit" name="bank_transfer" value="yes">${submit} by bank transfer</button>
  </form>`;
}

/** Says what is wrong. The field that it is about refers to it. */
export const errorText = (error: string | undefined): Html =>
  html`${error && html`<p class="error" role="alert" id="error">${error}</p>`}`;

const EMAIL = { type: 'email', autocomplete: 'email', required: true };

interface FieldOptions {
  /** The name by default. */
  id?: string;
  type?: string;
  inputmode?: string;
  autocomplete: string;
  placeholder?: string;
  value?: string;
  required?: boolean;
  error?: string | undefined;
}

/** A labelled input. */
export function field(name: string, label: string, options: FieldOptions): Html {
  const { type = 'text', inputmode = 'text', autocomplete, placeholder = '', value = '' } = options;
  const { id = name, required = false, error } = options;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${name}"
      type="${type}"
      inputmode="${inputmode}"
      autocomplete="${autocomplete}"
      placeholder="${placeholder}"
      value="${value}"
      ${required && html`required`}
      ${error && html`aria-invalid="true" aria-describedby="error" autofocus`}
    />
  </div>`;
}

const grouped = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');
