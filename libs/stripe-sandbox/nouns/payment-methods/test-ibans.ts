/** Why a debit fails, as its charge and its payment intent report it. */
export interface DebitFailure {
  code: string;
  /** The charge's code, if it is not an error code too. */
  chargeCode?: string;
  message: string;
}

/** What becomes of the debits of a test account. */
export interface TestAccount {
  iban: string;
  /** How long a debit is `processing`. */
  seconds: number;
  failure?: DebitFailure;
  /** Whether the account holder disputes each debit at once. */
  isDisputed?: true;
}

/** Stripe's test debits take seconds; it names no time but the three minutes. */
const SECONDS = 10;
const DELAYED_SECONDS = 3 * 60;

const FAILED = { code: 'payment_intent_payment_attempt_failed', message: 'The payment failed.' };

/**
 * Test accounts by what becomes of their debits. Source: https://docs.stripe.com/payments/sepa-debit/accept-a-payment;
 * the Italian one is that of `stripe trigger checkout.session.async_payment_failed`.
 */
const ACCOUNTS: [ibans: string, outcome: Omit<TestAccount, 'iban'>][] = [
  [
    'AT611904300234573201 BE62510007547061 DE89370400440532013000 EE382200221020145685 FI2112345600000785 FR1420041010050500013M02606 IE29AIBK93115212345678 LU280019400644750000 NL39RABO0300065264',
    { seconds: SECONDS },
  ],
  [
    'AT321904300235473204 BE78510007547064 DE08370400440532013003 EE222200221020145682 FI3712345600000788 FR3020041010050500013M02609 IE24AIBK93115212345671 LU440019400644750003 NL55RABO0300065267',
    { seconds: DELAYED_SECONDS },
  ],
  [
    'AT861904300235473202 BE68539007547034 DE62370400440532013001 EE762200221020145680 FI9112345600000786 FR8420041010050500013M02607 IE02AIBK93115212345679 IT60X0542811101000000123456 LU980019400644750001 NL91ABNA0417164300',
    { seconds: SECONDS, failure: FAILED },
  ],
  [
    'AT051904300235473205 BE51510007547065 DE78370400440532013004 EE922200221020145683 FI1012345600000789 FR7920041010050500013M02600 IE94AIBK93115212345672 LU170019400644750004 NL28RABO0300065268',
    { seconds: DELAYED_SECONDS, failure: FAILED },
  ],
  [
    'AT591904300235473203 BE08510007547063 DE35370400440532013002 EE492200221020145681 FI6412345600000787 FR5720041010050500013M02608 IE51AIBK93115212345670 LU710019400644750002 NL82RABO0300065266',
    { seconds: SECONDS, isDisputed: true },
  ],
  [
    'AT981904300000343434 BE90510000343434 DE65370400440000343434 EE672200000000343434 FI6712345600343434 FR9720041010050000000343434 IE10AIBK93115200343434 LU900010000000343434 NL27RABO0000343434',
    {
      seconds: SECONDS,
      failure: {
        code: 'charge_exceeds_source_limit',
        message: 'This payment exceeds the limit of the volume that the account may pay in a week.',
      },
    },
  ],
  [
    'AT601904300000121212 BE52510000121212 DE27370400440000121212 EE292200000000121212 FI2912345600121212 FR5920041010050000000121212 IE69AIBK93115200121212 LU520010000000121212 NL86RABO0000121212',
    {
      seconds: SECONDS,
      failure: {
        code: 'charge_exceeds_source_limit',
        chargeCode: 'charge_exceeds_weekly_limit',
        message: 'This payment exceeds the limit of the payments that the account may make in a week.',
      },
    },
  ],
  [
    'AT981904300002222227 BE90510002222227 DE65370400440002222227 EE672200000002222227 FI6712345602222227 FR9720041010050000002222227 IE10AIBK93115202222227 LU900010000002222227',
    {
      seconds: SECONDS,
      failure: {
        code: 'insufficient_funds',
        message: 'The account has insufficient funds to cover this payment.',
      },
    },
  ],
];

const BY_IBAN = new Map(
  ACCOUNTS.flatMap(([ibans, outcome]) => ibans.split(' ').map((iban) => [iban, { iban, ...outcome }])),
) as ReadonlyMap<string, TestAccount>;

/** The test account with this IBAN, or undefined for one that is not on Stripe's page. */
export const accountByIban = (iban: string): TestAccount | undefined => BY_IBAN.get(iban);
