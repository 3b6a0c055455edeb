/** Text without control characters and lone surrogates, neither of which PostgreSQL can store as JSON. */
export const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

/**
 * {@link PLAIN_TEXT} for a terminal, without what changes the look of the text around it: format characters such as
 * U+202E, line and paragraph separators, and code points without a character.
 */
export const PRINTABLE_TEXT = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

/** The name of a partner or an internal service. */
export const NAME = /^[\w.@:|+=-]{1,255}$/;

/** The most code points of an id that matches {@link EXTERNAL_ID}. */
export const EXTERNAL_ID_MAX_LENGTH = 255;

/**
 * An id that was chosen outside of this service, such as that of a user or of a Stripe product. It may contain any
 * text except control characters and lone surrogates. `.` and `..` are excluded because URLs drop them even if they
 * are percent-encoded: https://url.spec.whatwg.org/#single-dot-path-segment
 */
export const EXTERNAL_ID = /^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]{1,255}$/u;

/** The length of a text in code points, the unit of Stripe's limits. */
export function codePointLength(text: string): number {
  return Array.from(text).length;
}

/** An id that the database or `randomUUID` has made: https://www.rfc-editor.org/rfc/rfc9562#section-4 */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
