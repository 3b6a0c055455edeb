import fc from 'fast-check';

/** In every hostile text. An answer that contains it repeats input. */
export const MARKER = 'qzMARKERzq';
/** Luhn-valid: one of https://docs.stripe.com/testing#cards */
export const CARD_NUMBER = '4000056655665556';
const SECRETS = [`sk_live_${MARKER}`, `whsec_${MARKER}`, `seti_1${MARKER}_secret_${MARKER}`];

/** What no answer may contain. */
export const PLANTED: readonly string[] = [MARKER, CARD_NUMBER];

const FIXED = [
  `<script>alert('${MARKER}')</script>`,
  `'; drop table operations; -- ${MARKER}`,
  `../../${MARKER}/%2e%2e/%00`,
  `${MARKER}\r\nSet-Cookie: ${MARKER}=1`,
  `\u0000${MARKER}\u0007`,
  `\u202e${MARKER}\ufeff\u200b`,
  `\ud800${MARKER}`,
  `e\u0301🙂‍↔️${MARKER}`,
  `{{${MARKER}}}$\{jndi:${MARKER}}`,
  MARKER.repeat(600),
  '\u0301'.repeat(5000) + MARKER,
  CARD_NUMBER,
  `pi_${MARKER}`,
  `cus_${MARKER}`,
  ...SECRETS,
];

/** Texts that go wrong in software that does not expect them. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...FIXED),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text + MARKER),
  fc.constantFrom('', ' ', '.', '..', '0', '-1', '1e3', 'null', 'undefined', 'NaN', '__proto__'),
);

/** Values of any JSON type. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { $gt: '' }, { length: 1 }, [MARKER]),
  fc.constantFrom(0, -0, -1, 1.5, 1e-7, 1e21, Number.MAX_SAFE_INTEGER + 2, 99_999_999, 2 ** 31),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Names of fields that nobody declares. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toCommand', 'then'),
  fc.constantFrom(
    'expand',
    'capture',
    'id',
    'tenant',
    'customer',
    'metadata[paydesk_x]',
    '',
    ' ',
    'a.b',
    '0',
  ),
  hostileText,
);
