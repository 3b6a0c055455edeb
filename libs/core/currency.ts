/** How amounts of a currency are written, and which of them Stripe accepts. */
export interface CurrencyFacts {
  /** Decimals of a written amount: "5.00" USD, "500" JPY, "5" ISK. */
  readonly decimals: 0 | 2 | 3;
  /** Power of ten from one unit to the minor units of Stripe's API; not always ISO 4217's. */
  readonly exponent: 0 | 2 | 3;
  /** Amounts in minor units must be a multiple of this. */
  readonly stepMinor: 1 | 10 | 100;
  /** Smallest charge, if Stripe documents one. */
  readonly minimumMinor?: number;
  /** Largest charge: the most digits that Stripe accepts, rounded down to a multiple of the step. */
  readonly maximumMinor: number;
}

// https://docs.stripe.com/api/payment_intents/create: "The amount value supports up to eight digits".
const EIGHT_DIGITS = 99_999_999;
// https://docs.stripe.com/currencies: "12 digits for most card payments".
const TWELVE_DIGITS = 999_999_999_999;

const twoDecimal = { decimals: 2, exponent: 2, stepMinor: 1, maximumMinor: EIGHT_DIGITS } as const;
const zeroDecimal = { decimals: 0, exponent: 0, stepMinor: 1, maximumMinor: EIGHT_DIGITS } as const;
// Card networks support two decimals only, so Stripe requires the last of three to be 0.
const threeDecimal = { decimals: 3, exponent: 3, stepMinor: 10, maximumMinor: 99_999_990 } as const;
// ISK and UGX have no decimals any more, but Stripe's API keeps two, always 00: 5 ISK is 500.
const wholeUnits = { decimals: 0, exponent: 2, stepMinor: 100, maximumMinor: 99_999_900 } as const;

/**
 * Every currency that Stripe accepts for cards, by its lower-case code.
 *
 * Source: https://docs.stripe.com/currencies (presentment currencies, special cases, minimum and maximum charge
 * amounts). HUF and TWD have no decimals in payouts only, which Paydesk does not make. The API reference and that page
 * differ on the maximum. Eight digits satisfy both; a currency for which the page documents a larger maximum has that.
 */
const CURRENCIES = {
  aed: { ...twoDecimal, minimumMinor: 200 },
  afn: twoDecimal,
  all: twoDecimal,
  amd: twoDecimal,
  ang: twoDecimal,
  aoa: twoDecimal,
  ars: { ...twoDecimal, minimumMinor: 50 },
  aud: { ...twoDecimal, minimumMinor: 50 },
  awg: twoDecimal,
  azn: twoDecimal,
  bam: twoDecimal,
  bbd: twoDecimal,
  bdt: twoDecimal,
  bgn: twoDecimal,
  bhd: threeDecimal,
  bif: zeroDecimal,
  bmd: twoDecimal,
  bnd: twoDecimal,
  bob: twoDecimal,
  brl: { ...twoDecimal, minimumMinor: 50 },
  bsd: twoDecimal,
  bwp: twoDecimal,
  byn: twoDecimal,
  bzd: twoDecimal,
  cad: { ...twoDecimal, minimumMinor: 50 },
  cdf: twoDecimal,
  chf: { ...twoDecimal, minimumMinor: 50 },
  clp: zeroDecimal,
  cny: twoDecimal,
  cop: { ...twoDecimal, minimumMinor: 50, maximumMinor: TWELVE_DIGITS },
  crc: twoDecimal,
  cve: twoDecimal,
  czk: { ...twoDecimal, minimumMinor: 1_500 },
  djf: zeroDecimal,
  dkk: { ...twoDecimal, minimumMinor: 250 },
  dop: twoDecimal,
  dzd: twoDecimal,
  egp: twoDecimal,
  etb: twoDecimal,
  eur: { ...twoDecimal, minimumMinor: 50 },
  fjd: twoDecimal,
  fkp: twoDecimal,
  gbp: { ...twoDecimal, minimumMinor: 30 },
  gel: twoDecimal,
  gip: twoDecimal,
  gmd: twoDecimal,
  gnf: zeroDecimal,
  gtq: twoDecimal,
  gyd: twoDecimal,
  hkd: { ...twoDecimal, minimumMinor: 400 },
  hnl: twoDecimal,
  htg: twoDecimal,
  huf: { ...twoDecimal, minimumMinor: 17_500, maximumMinor: TWELVE_DIGITS },
  idr: { ...twoDecimal, minimumMinor: 50, maximumMinor: TWELVE_DIGITS },
  ils: { ...twoDecimal, minimumMinor: 50 },
  inr: { ...twoDecimal, minimumMinor: 50, maximumMinor: 999_999_999 },
  isk: wholeUnits,
  jmd: twoDecimal,
  jod: threeDecimal,
  jpy: { ...zeroDecimal, minimumMinor: 50, maximumMinor: 9_999_999_999 },
  kes: twoDecimal,
  kgs: twoDecimal,
  khr: twoDecimal,
  kmf: zeroDecimal,
  krw: { ...zeroDecimal, minimumMinor: 50 },
  kwd: threeDecimal,
  kyd: twoDecimal,
  kzt: twoDecimal,
  lak: twoDecimal,
  lbp: { ...twoDecimal, maximumMinor: TWELVE_DIGITS },
  lkr: twoDecimal,
  lrd: twoDecimal,
  lsl: twoDecimal,
  mad: twoDecimal,
  mdl: twoDecimal,
  mga: zeroDecimal,
  mkd: twoDecimal,
  mmk: twoDecimal,
  mnt: twoDecimal,
  mop: twoDecimal,
  mur: twoDecimal,
  mvr: twoDecimal,
  mwk: twoDecimal,
  mxn: { ...twoDecimal, minimumMinor: 1_000 },
  myr: { ...twoDecimal, minimumMinor: 200 },
  mzn: twoDecimal,
  nad: twoDecimal,
  ngn: twoDecimal,
  nio: twoDecimal,
  nok: { ...twoDecimal, minimumMinor: 300 },
  npr: twoDecimal,
  nzd: { ...twoDecimal, minimumMinor: 50 },
  omr: threeDecimal,
  pab: twoDecimal,
  pen: twoDecimal,
  pgk: twoDecimal,
  php: { ...twoDecimal, minimumMinor: 50 },
  pkr: twoDecimal,
  pln: { ...twoDecimal, minimumMinor: 200 },
  pyg: zeroDecimal,
  qar: twoDecimal,
  ron: { ...twoDecimal, minimumMinor: 200 },
  rsd: twoDecimal,
  rub: { ...twoDecimal, minimumMinor: 50 },
  rwf: zeroDecimal,
  sar: twoDecimal,
  sbd: twoDecimal,
  scr: twoDecimal,
  sek: { ...twoDecimal, minimumMinor: 300 },
  sgd: { ...twoDecimal, minimumMinor: 50 },
  shp: twoDecimal,
  sle: twoDecimal,
  sos: twoDecimal,
  srd: twoDecimal,
  std: twoDecimal,
  szl: twoDecimal,
  thb: { ...twoDecimal, minimumMinor: 1_000 },
  tjs: twoDecimal,
  tnd: threeDecimal,
  top: twoDecimal,
  try: twoDecimal,
  ttd: twoDecimal,
  twd: twoDecimal,
  tzs: twoDecimal,
  uah: twoDecimal,
  ugx: wholeUnits,
  usd: { ...twoDecimal, minimumMinor: 50 },
  uyu: twoDecimal,
  uzs: twoDecimal,
  vnd: zeroDecimal,
  vuv: zeroDecimal,
  wst: twoDecimal,
  xaf: zeroDecimal,
  xcd: twoDecimal,
  xcg: twoDecimal,
  xof: zeroDecimal,
  xpf: zeroDecimal,
  yer: twoDecimal,
  zar: { ...twoDecimal, minimumMinor: 50 },
  zmw: twoDecimal,
} as const satisfies Record<string, CurrencyFacts>;

/** A currency code as in Stripe's API: three lower-case letters. */
export type Currency = keyof typeof CURRENCIES;

/** All currencies, in alphabetical order. */
export const currencies = Object.keys(CURRENCIES) as readonly Currency[];

/** Whether Stripe accepts the currency for cards; codes are lower-case. */
export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(CURRENCIES, text);
}

/** The facts of one currency. */
export function currencyFacts(currency: Currency): CurrencyFacts {
  return CURRENCIES[currency];
}
