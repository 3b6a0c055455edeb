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
}

/** A card form with buttons for Stripe's test cards. It posts to its own page. */
export function cardForm({ submit, error, email, name, asksForEmail }: CardForm): Html {
  return html`<form method="post" class="card" aria-label="Card details">
    <h2>Card details</h2>
    ${error && html`<p class="error" role="alert" id="error">${error}</p>`}
    ${
      asksForEmail &&
      field('email', 'Email', { type: 'email', autocomplete: 'email', value: email ?? '', required: true })
    }
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
    ${field('name', 'Name on card', { autocomplete: 'cc-name', value: name ?? '' })}
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

interface FieldOptions {
  type?: string;
  inputmode?: string;
  autocomplete: string;
  placeholder?: string;
  value?: string;
  required?: boolean;
  error?: string | undefined;
}

function field(name: string, label: string, options: FieldOptions): Html {
  const { type = 'text', inputmode = 'text', autocomplete, placeholder = '', value = '' } = options;
  const { required = false, error } = options;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
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
