/** Text without control characters, NUL among them, and lone surrogates, none of which PostgreSQL can keep as JSON. */
export const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

/** A name of somebody outside: a user inside its tenant, a partner, an internal service. */
export const NAME = /^[\w.@:|+=-]{1,255}$/;
export const NAME_MAX_LENGTH = 255;
