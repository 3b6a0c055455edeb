import { array, integer, object, oneOf, type Param, required, string } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';

/** The bank transfers that the account takes, and the currency of each. */
export const BANK_TRANSFERS = {
  eu_bank_transfer: 'eur',
  gb_bank_transfer: 'gbp',
  jp_bank_transfer: 'jpy',
  us_bank_transfer: 'usd',
} as const;

export type BankTransferType = keyof typeof BANK_TRANSFERS;

const TYPES = Object.keys(BANK_TRANSFERS) as BankTransferType[];

/** The type of a bank transfer. `stripe trigger` still sends the names that they had at first, such as `jp_bank_account`. */
const transferType = (): Param<BankTransferType> => ({
  isRequired: false,
  read: (value, name, options) =>
    oneOf(...TYPES).read(
      typeof value === 'string' ? value.replace(/_bank_account$/, '_bank_transfer') : value,
      name,
      options,
    ),
});

export const bankTransferParams = {
  eu_bank_transfer: object({ country: required(oneOf('BE', 'DE', 'ES', 'FR', 'IE', 'NL')) }),
  requested_address_types: array(oneOf('aba', 'iban', 'sort_code', 'swift', 'zengin')),
  type: required(transferType()),
};

/** Source: https://docs.stripe.com/payments/bank-transfers/accept-a-payment. */
export const customerBalanceOptions = () =>
  object({
    bank_transfer: object(bankTransferParams),
    funding_type: oneOf('bank_transfer'),
    setup_future_usage: oneOf('none'),
  });

const settings = object({ reconciliation_mode: oneOf('automatic', 'manual', 'merchant_default') });

/** Source: https://docs.stripe.com/api/cash_balance/update. */
export const updateParams = { settings };

/** The cash balance in the parameters of a customer. */
export const cashBalanceParam = () => object(updateParams);

/** Source: https://docs.stripe.com/api/cash_balance_transactions/fund_cash_balance. */
export const fundParams = {
  amount: required(integer({ min: 1 })),
  currency: required(currencyParam()),
  reference: string(),
};

/** Source: https://docs.stripe.com/api/cash_balance_transactions/create_or_retrieve_funding_instructions. */
export const fundingInstructionsParams = {
  bank_transfer: required(object(bankTransferParams)),
  currency: required(currencyParam()),
  funding_type: required(oneOf('bank_transfer')),
};

/** Source: https://docs.stripe.com/api/payment_intents/apply_customer_balance. */
export const applyParams = { amount: integer({ min: 1 }), currency: currencyParam() };
