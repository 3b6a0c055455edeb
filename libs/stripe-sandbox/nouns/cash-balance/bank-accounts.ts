import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import { BANK_TRANSFERS, type BankTransferType } from './params.js';

type FinancialAddress = Stripe.PaymentIntent.NextAction.DisplayBankTransferInstructions.FinancialAddress;

/** How a customer is to transfer money. */
export interface BankTransfer {
  type: BankTransferType;
  eu_bank_transfer?: { country: string } | undefined;
  /** All types by default. */
  requested_address_types?: string[] | undefined;
}

/** The bank transfer of a currency, if a request does not choose one; undefined if there is none. */
export function bankTransferOf(currency: string): BankTransfer | undefined {
  const found = Object.entries(BANK_TRANSFERS).find(([, own]) => own === currency);
  const type = found?.[0] as BankTransferType | undefined;
  return type && { type, ...(type === 'eu_bank_transfer' && { eu_bank_transfer: { country: 'DE' } }) };
}

/** @throws StripeFailure 400 for a bank transfer in another currency, or a European one without its country */
export function requireCurrencyOf(transfer: BankTransfer, currency: string, param: string): void {
  const own = BANK_TRANSFERS[transfer.type];
  if (own !== currency) {
    throw failures.invalidRequest(`A ${transfer.type} is in ${own}, not in ${currency}.`, {
      param: `${param}[type]`,
    });
  }
  if (transfer.type === 'eu_bank_transfer' && !transfer.eu_bank_transfer) {
    throw failures.missing(`${param}[eu_bank_transfer]`);
  }
}

/**
 * The virtual bank accounts of a customer, which stay the same for all payments in a currency.
 * Source: https://docs.stripe.com/payments/customer-balance/funding-instructions.
 */
export function addressesOf(customer: string, transfer: BankTransfer): FinancialAddress[] {
  const { requested_address_types: requested } = transfer;
  const all = ADDRESSES[transfer.type](
    (count) => digitsOf(`${customer} ${transfer.type}`, count),
    transfer.eu_bank_transfer?.country ?? 'DE',
  );
  return requested ? all.filter(({ type }) => requested.includes(type)) : all;
}

const BANK_ADDRESS = {
  city: 'Dublin',
  country: 'IE',
  line1: '1 North Wall Quay',
  line2: null,
  postal_code: 'D01 T8Y1',
  state: 'Dublin',
};

/** Who gets the money, and where. */
const HOLDER = {
  account_holder_address: BANK_ADDRESS,
  account_holder_name: 'Stripe sandbox',
  bank_address: BANK_ADDRESS,
};

type Digits = (count: number) => string;

const ADDRESSES: Record<BankTransferType, (digits: Digits, country: string) => FinancialAddress[]> = {
  eu_bank_transfer: (digits, country) => [
    {
      iban: { ...HOLDER, bic: 'SOGEDEFFXXX', country, iban: ibanOf(country, digits) },
      supported_networks: ['sepa'],
      type: 'iban',
    },
  ],
  gb_bank_transfer: (digits) => [
    {
      sort_code: { ...HOLDER, account_number: digits(8), sort_code: '108800' },
      supported_networks: ['bacs', 'fps', 'chaps'],
      type: 'sort_code',
    },
  ],
  jp_bank_transfer: (digits) => [
    {
      supported_networks: ['zengin'],
      type: 'zengin',
      zengin: {
        ...HOLDER,
        account_number: digits(7),
        account_type: 'futsu',
        bank_code: '0001',
        bank_name: 'Test Bank',
        branch_code: '001',
        branch_name: 'Test Branch',
      },
    },
  ],
  us_bank_transfer: (digits) => [
    {
      aba: {
        ...HOLDER,
        account_number: digits(12),
        account_type: 'checking',
        bank_name: 'US Test Bank',
        routing_number: '999999999',
      },
      supported_networks: ['ach', 'domestic_wire_us'],
      type: 'aba',
    },
    {
      supported_networks: ['swift'],
      swift: {
        ...HOLDER,
        account_number: digits(12),
        account_type: 'checking',
        bank_name: 'US Test Bank',
        swift_code: 'TESTUS99XXX',
      },
      type: 'swift',
    },
  ],
};

/** Digits that depend on a text only. */
const digitsOf = (text: string, count: number): string =>
  [...createHash('sha512').update(text).digest()]
    .map((byte) => byte % 10)
    .join('')
    .slice(0, count);

/** The bank, if its code has letters, and the number of digits in each country's IBAN, without the checksum. */
const IBAN_SHAPES: Record<string, [bank: string, digits: number]> = {
  BE: ['', 12],
  DE: ['', 18],
  ES: ['', 20],
  FR: ['', 23],
  IE: ['AIBK', 14],
  NL: ['INGB', 10],
};

/** An IBAN with the checksum of ISO 13616. */
function ibanOf(country: string, digits: Digits): string {
  const [bank, length] = IBAN_SHAPES[country]!;
  const account = bank + digits(length);
  const numeric = `${account}${country}00`.replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  const checksum = String(98n - (BigInt(numeric) % 97n)).padStart(2, '0');
  return `${country}${checksum}${account}`;
}
