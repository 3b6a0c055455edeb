import { failures } from './errors.js';

/** The newest version that the sandbox knows, and the account's default. */
export const LATEST_VERSION = '2026-10-28.endive';

/** The first version whose name includes its release: https://docs.stripe.com/changelog/acacia. */
const FIRST_NAMED = '2024-09-30';

/** A date, its release or `preview`, and beta features. */
const FORM = /^\d{4}-\d\d-\d\d(?<release>\.(acacia|basil|clover|dahlia|endive|preview))?(; ?[\w=;. ]+)?$/;

/**
 * The version in a request's header, unchanged so that it can be echoed, or else the account's.
 * @throws StripeFailure 400 for a malformed one or one later than the sandbox knows
 */
export function versionOf(header: string | undefined, accountVersion = LATEST_VERSION): string {
  if (header === undefined || header === '') return accountVersion;
  const form = FORM.exec(header);
  const isNamed = form?.groups?.['release'] !== undefined;
  if (!form || isNamed !== isSince(header, FIRST_NAMED) || dateOf(header) > dateOf(LATEST_VERSION)) {
    throw failures.badVersion(header);
  }
  return header;
}

/** Whether a request's version is `first` or a later one. */
export function isSince(version: string, first: string): boolean {
  return dateOf(version) >= dateOf(first);
}

const dateOf = (version: string): string => version.slice(0, 10);
