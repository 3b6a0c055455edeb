import { replaceCardNumbers } from '#core/card-number.js';

const EMAIL =
  /[\p{L}\p{N}._+-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}/giu;

/** A signed token: https://www.rfc-editor.org/rfc/rfc7519#section-3 */
const TOKEN = /\beyJ[\w-]+\.eyJ[\w-]+\./;
/** Keys of Stripe's and of ours, and Stripe's client secrets. */
const KEY = /\b((sk|rk)_(live|test)_\w|whsec_\w|pdk_[a-z]+_[\w-]{43}|(pi|seti|cs)_\w+_secret_\w)/;

/** What must be in no log line, and what stands in its place. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // Stripe's keys and signing secrets: https://docs.stripe.com/keys
  [/\b(?:sk|rk|pk)_(?:live|test)_\w+/g, '[key]'],
  [/\bwhsec_[\w+/=-]+/g, '[secret]'],
  // A client secret is the id of its object and more: https://docs.stripe.com/api/setup_intents/object
  [/\b\w+_secret_\w+/g, '[secret]'],
  [/\bpdk_[a-z]+_[\w-]+/g, '[key]'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [token]'],
];

/** What each of the secrets contains. Nearly all lines have none, and one search is quicker than six. */
const MAY_HAVE_SECRET = /_(?:live|test|secret)_|whsec_|pdk_|eyJ|bearer|basic/i;

/**
 * Replaces secrets, e-mail addresses and card numbers in a text, such as a line of the log. A last resort: what logs a
 * text should know that there is none in it. A line of JSON stays one.
 */
export function redact(text: string): string {
  const withoutSecrets = MAY_HAVE_SECRET.test(text)
    ? SECRETS.reduce((line, [pattern, mark]) => line.replace(pattern, mark), text)
    : text;
  // The time of a log line stays, as no card number starts with 1.
  const redacted = replaceCardNumbers(withoutSecrets, '[card]');
  return /@|%40/.test(redacted) ? redacted.replace(EMAIL, '[email]') : redacted;
}

/** Whether a text contains what {@link redact} replaces. */
export function hasSecret(text: string): boolean {
  return redact(text) !== text;
}

/**
 * Whether a text contains a secret key of Stripe or of ours, or a client secret, which Stripe says to store nowhere and
 * to embed in no URL: https://docs.stripe.com/payments/payment-intents
 */
export function hasKey(text: string): boolean {
  return KEY.test(text);
}

/** Whether a text contains a signed token. */
export function hasToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether a text contains an e-mail address. */
export function hasEmail(text: string): boolean {
  return text.search(EMAIL) !== -1;
}
