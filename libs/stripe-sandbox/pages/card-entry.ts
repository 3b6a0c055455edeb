import { decodeForm, type FormValue } from '../http/form.js';
import type { CardEntry } from '../nouns/payment-methods/payment-method.js';

/**
 * Reads a posted card form, or that for a bank account. Only the number or the IBAN is required: the defaults for the rest work with every test card, so that
 * `curl -d number=4242424242424242` is enough to pay.
 */
export function readCardEntry(body: string, defaults: { email: string | null; now: number }): CardEntry {
  const form = decodeForm(body);
  const iban = text(form['test_iban']) ?? text(form['iban']);
  const testCard = text(form['test_card']);
  const expiry = testCard === undefined ? text(form['expiry']) : undefined;
  const [month, year] = expiry?.split(/\s*\/\s*/, 2) ?? [];
  return {
    card: {
      number: testCard ?? text(form['number']) ?? '',
      // An unreadable month or year becomes 0, which is refused.
      exp_month: expiry === undefined ? 12 : wholeNumber(month),
      exp_year:
        expiry === undefined
          ? new Date(defaults.now * 1000).getUTCFullYear() + 3
          : fullYear(wholeNumber(year)),
      cvc: (testCard === undefined ? text(form['cvc']) : undefined) ?? '123',
    },
    email: text(form['email']) ?? defaults.email ?? 'customer@example.com',
    iban,
    isTransfer: form['bank_transfer'] === 'yes',
    name: text(form['name']) ?? (iban === undefined ? null : 'Jenny Rosen'),
  };
}

/** The promotion code that was posted in place of a card, if any. */
export const readPromotionCode = (body: string): string | undefined =>
  text(decodeForm(body)['promotion_code']);

export function text(value: FormValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined;
}

const wholeNumber = (digits = ''): number => (/^\d{1,4}$/.test(digits) ? Number(digits) : 0);

const fullYear = (year: number): number => (year > 0 && year < 100 ? 2000 + year : year);
