import { failures } from '../http/errors.js';
import { string, type Param } from '../http/params.js';

/** The smallest charges in minor units, for the currencies of Stripe's table: https://docs.stripe.com/currencies. */
const MINIMUMS = new Map(
  Object.entries({
    30: 'gbp',
    50: 'ars aud brl cad chf cop eur idr ils inr jpy krw nzd php rub sgd usd zar',
    200: 'aed myr pln ron',
    250: 'dkk',
    300: 'nok sek',
    400: 'hkd',
    1000: 'mxn thb',
    1500: 'czk',
    17500: 'huf',
  }).flatMap(([least, currencies]) =>
    currencies.split(' ').map((currency) => [currency, Number(least)] as const),
  ),
);

const ZERO_DECIMAL = words(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf', // https://docs.stripe.com/currencies#zero-decimal
);
const THREE_DECIMAL = words('bhd jod kwd omr tnd');
const DECIMALS_ALWAYS_ZERO = words('isk ugx');

/** Every presentment currency of https://docs.stripe.com/currencies. */
const SUPPORTED = words(
  `usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf
   chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf
   idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop
   mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd
   scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd
   xcg xof xpf yer zar zmw`,
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/** A currency parameter in any case, read as lower case. */
export const currencyParam = (): Param<string> => {
  const text = string();
  return {
    isRequired: false,
    read(value, name, reading) {
      const currency = text.read(value, name, reading).toLowerCase();
      if (SUPPORTED.has(currency)) return currency;
      throw failures.invalidRequest(
        `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...SUPPORTED].join(', ')}`,
        { param: name },
      );
    },
  };
};

/** The smallest charge in minor units; 1 where Stripe documents none. */
export const minimumChargeMinor = (currency: string): number => MINIMUMS.get(currency) ?? 1;

/** The number of minor units that charged amounts must be multiples of: https://docs.stripe.com/currencies#special-cases. */
export function chargeStepMinor(currency: string): number {
  if (THREE_DECIMAL.has(currency)) return 10;
  return DECIMALS_ALWAYS_ZERO.has(currency) ? 100 : 1;
}

/** The number of decimal places of a currency's minor unit in the API. */
function exponentOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount as a person reads it: "$0.50", "¥500". */
export function formatAmount(amountMinor: number, currency: string): string {
  const digits = exponentOf(currency);
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amountMinor / 10 ** digits);
}
