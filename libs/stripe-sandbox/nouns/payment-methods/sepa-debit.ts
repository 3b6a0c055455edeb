import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fingerprintOf } from './card-details.js';
import { accountByIban, type TestAccount } from './test-ibans.js';

type BillingDetails = Stripe.PaymentMethod.BillingDetails;

/**
 * The test account of an IBAN, which a debit needs the name and the email of its holder for.
 * Source: https://docs.stripe.com/payments/sepa-debit/accept-a-payment.
 * @throws StripeFailure 400 for an invalid IBAN, one that is not on Stripe's page, or a holder without name or email
 */
export function readIban(text: string | undefined, { name, email }: BillingDetails): TestAccount {
  if (text === undefined) throw failures.missing('sepa_debit[iban]');
  if (name === null) throw failures.missing('billing_details[name]');
  if (email === null) throw failures.missing('billing_details[email]');
  const iban = text.replaceAll(/\s/g, '').toUpperCase();
  const param = 'sepa_debit[iban]';
  if (!passesMod97(iban)) throw failures.invalidRequest('The IBAN you entered is invalid.', { param });
  const account = accountByIban(iban);
  if (account) return account;
  throw failures.invalidRequest(
    "The sandbox has only Stripe's test IBANs, such as DE89370400440532013000: https://docs.stripe.com/payments/sepa-debit/accept-a-payment",
    { param },
  );
}

/** An account as its payment methods show it. */
export function sepaDebitOf({ iban }: TestAccount): Stripe.PaymentMethod.SepaDebit {
  return {
    bank_code: iban.slice(4, iban.startsWith('DE') ? 12 : 9),
    branch_code: '',
    country: iban.slice(0, 2),
    fingerprint: fingerprintOf(iban),
    generated_from: { charge: null, setup_attempt: null },
    last4: iban.slice(-4),
  };
}

/** The test account that decides what becomes of a payment method's debits. */
export function testAccountOf(ctx: Context, paymentMethodId: string): TestAccount {
  const account = accountByIban(ctx.store.cardFacts.get(paymentMethodId)?.number ?? '');
  if (!account) throw new Error(`${paymentMethodId} has no test account`);
  return account;
}

/** The checksum of ISO 13616: the first four characters at the end, letters as numbers from 10. */
function passesMod97(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(iban)) return false;
  const rotated = iban.slice(4) + iban.slice(0, 4);
  const digits = rotated.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
