import type Stripe from 'stripe';
import { formatAmount } from '../money/currencies.js';
import { errorText, field } from './card-form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

type Instructions = Stripe.PaymentIntent.NextAction.DisplayBankTransferInstructions;
type Address = NonNullable<Instructions['financial_addresses']>[number];

export interface TransferView {
  intent: Stripe.PaymentIntent;
  instructions: Instructions;
  /** Where the customer goes on; undefined if the payment is not for a session. */
  onward: string | undefined;
  error?: string | undefined;
}

/** How to transfer the money of an intent, with a form that pretends to. */
export function transferPage({ intent, instructions, onward, error }: TransferView): string {
  const { currency } = intent;
  const remaining = formatAmount(instructions.amount_remaining!, currency);
  return layout(
    'Bank transfer',
    html`<section aria-label="Instructions">
        <h1>Transfer ${remaining}</h1>
        <ul class="lines">
          ${row('Reference', instructions.reference!)}
          ${instructions.financial_addresses?.map((address) => detailsOf(address).map(([name, value]) => row(name, value)))}
        </ul>
        ${onward && html`<p><a class="button" href="${onward}">Continue</a></p>`}
      </section>
      <form method="post" class="card" aria-label="Test transfer">
        <h2>Test transfer</h2>
        ${errorText(error)}
        ${field('amount', 'Amount in minor units', {
          inputmode: 'numeric',
          autocomplete: 'off',
          value: String(instructions.amount_remaining),
          required: true,
          error,
        })}
        <button type="submit">Transfer</button>
      </form>`,
    { isWide: true },
  );
}

const row = (name: string, value: string): Html =>
  html`<li><span>${name}</span><span class="amount">${value}</span></li>`;

/** What a bank asks for, of each type of account. */
function detailsOf({ aba, iban, sort_code, swift, zengin }: Address): [name: string, value: string][] {
  return [
    ...(iban ? [pair('IBAN', iban.iban), pair('BIC', iban.bic)] : []),
    ...(sort_code
      ? [pair('Sort code', sort_code.sort_code), pair('Account number', sort_code.account_number)]
      : []),
    ...(aba ? [pair('Routing number', aba.routing_number), pair('Account number', aba.account_number)] : []),
    ...(swift ? [pair('SWIFT code', swift.swift_code)] : []),
    ...(zengin
      ? [
          pair('Bank', `${zengin.bank_name} ${zengin.bank_code}`),
          pair('Branch', `${zengin.branch_name} ${zengin.branch_code}`),
          pair('Account number', zengin.account_number!),
        ]
      : []),
  ];
}

const pair = (name: string, value: string): [string, string] => [name, value];
