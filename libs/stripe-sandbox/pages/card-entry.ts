import type { CardEntry } from '../nouns/checkout-sessions/pay.js';
import { decodeForm, type FormValue } from '../http/form.js';

/**
 * What a card form was posted with. Only the number has to be there: the rest has defaults that every test
 * card takes, so that a page can be paid by `curl -d number=4242424242424242`.
 */
export function readCardEntry(body: string, defaults: { email: string | null; now: number }): CardEntry {
  const form = decodeForm(body);
  const testCard = text(form['test_card']);
  const expiry = testCard === undefined ? text(form['expiry']) : undefined;
  const [month, year] = expiry?.split(/\s*\/\s*/, 2) ?? [];
  return {
    card: {
      number: testCard ?? text(form['number']) ?? '',
      // 0 is no month and no year, and is refused as such.
      exp_month: expiry === undefined ? 12 : wholeNumber(month),
      exp_year:
        expiry === undefined
          ? new Date(defaults.now * 1000).getUTCFullYear() + 3
          : fullYear(wholeNumber(year)),
      cvc: (testCard === undefined ? text(form['cvc']) : undefined) ?? '123',
    },
    email: text(form['email']) ?? defaults.email ?? 'customer@example.com',
    name: text(form['name']) ?? null,
  };
}

function text(value: FormValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined;
}

const wholeNumber = (digits = ''): number => (/^\d{1,4}$/.test(digits) ? Number(digits) : 0);

const fullYear = (year: number): number => (year > 0 && year < 100 ? 2000 + year : year);
