/**
 * The first digits and the lengths of the numbers of the brands that Stripe accepts:
 * https://docs.stripe.com/payments/cards/supported-card-brands, https://en.wikipedia.org/wiki/Payment_card_number
 */
const BRANDS: readonly RegExp[] = [
  /^4(\d{12}|\d{15}|\d{18})$/, // Visa
  /^(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(0[0-5]|[689]\d)\d{11}(\d\d)?$/, // Diners Club
  /^6(011|4[4-9]\d|5\d\d)\d{12}(\d{3})?$/, // Discover
  /^35(2[89]|[3-8]\d)\d{12}$/, // JCB
  /^(62|81)\d{14,17}$/, // UnionPay
];

/** About one in 800 random UUIDs contains what could be a card number: https://www.rfc-editor.org/rfc/rfc9562#section-4 */
const UUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi;

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;

/** Digits with at most one space or dash between two of them, enough for the shortest card number. */
const DIGITS = /\d(?:[\s\p{Pd}]?\d){12,}/gu;
/** As many of them after a first digit of a brand: what each text with a card number contains. */
const MAY_BE_CARD = /(?<!\d)[2-68](?:[\s\p{Pd}]?\d){12}/u;
const SEPARATOR = /[\s\p{Pd}]/u;
/** The longest group of digits on a card, in the middle of an American Express. */
const GROUP_MAX = 6;
/** Groups of digits as on a card, with the same separator between all of them. */
const GROUPED = /^\d{1,6}([\s\p{Pd}])\d{1,6}(\1\d{1,6})*$/u;

/**
 * Whether a text contains the number of a payment card, also with spaces or dashes: a length and first digits of a card
 * brand, and a valid check digit. For ids, where a long number is usually no card number.
 */
export function hasCardNumber(text: string): boolean {
  return digitRuns(text).some(isCardRun);
}

/** Replaces the digits in which {@link hasCardNumber} finds a card number by a mark. */
export function replaceCardNumbers(text: string, mark: string): string {
  // One search that nearly always finds nothing, rather than four, because each line of the log comes here.
  if (!MAY_BE_CARD.test(text)) return text;
  const uuids = [...(text.match(UUID) ?? []), ''];
  return text
    .split(UUID)
    .map((part, index) => part.replace(DIGITS, (run) => (isCardRun(run) ? mark : run)) + uuids[index])
    .join('');
}

/**
 * Whether a text contains a number that could be that of a payment card: one as {@link hasCardNumber} finds, or any other
 * number of 13 to 19 digits with a valid check digit. One in ten numbers of that length has one by chance.
 */
export function hasLuhnNumber(text: string): boolean {
  return digitRuns(text).some((run) => isLuhnRun(run)) || hasCardNumber(text);
}

function digitRuns(text: string): string[] {
  return text.replaceAll(UUID, '|').match(DIGITS) ?? [];
}

function isCardRun(run: string): boolean {
  return numbersIn(run.split(SEPARATOR)).some(isCardNumber);
}

function isLuhnRun(run: string): boolean {
  const isOneNumber = !SEPARATOR.test(run) || GROUPED.test(run);
  return isOneNumber && hasValidCheckDigit(run.replaceAll(new RegExp(SEPARATOR, 'gu'), ''));
}

/** Each group of digits, and the numbers that consecutive groups form. */
function numbersIn(groups: readonly string[]): string[] {
  return groups.flatMap((group, start) => {
    const numbers = [group];
    let number = group;
    for (const next of groups.slice(start + 1, start + DIGITS_MAX)) {
      if (group.length > GROUP_MAX || next.length > GROUP_MAX) break;
      number += next;
      numbers.push(number);
    }
    return numbers;
  });
}

function isCardNumber(digits: string): boolean {
  return BRANDS.some((brand) => brand.test(digits)) && hasValidCheckDigit(digits);
}

/** The Luhn algorithm, ISO/IEC 7812-1 Annex B: from the right, every second digit counts twice. */
function hasValidCheckDigit(digits: string): boolean {
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return false;
  const sum = Array.from(digits)
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? Number(digit) : Number(digit) * 2))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return sum % 10 === 0;
}
