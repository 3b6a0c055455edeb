import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random letters and digits, as in Stripe's ids. */
export function randomText(length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += ALPHABET[randomInt(ALPHABET.length)];
  return text;
}

/**
 * The prefix of each kind of id and the number of random characters after it. Newer objects have a generation
 * digit and 23 characters (`pm_1...`), payments a 3 (`pi_3...`), older ones 14 without a digit.
 */
const SHAPES = {
  customer: ['cus_', 14],
  paymentMethod: ['pm_1', 23],
  card: ['card_1', 23],
  setupIntent: ['seti_1', 23],
  setupAttempt: ['setatt_1', 23],
  paymentIntent: ['pi_3', 23],
  charge: ['ch_3', 23],
  balanceTransaction: ['txn_3', 23],
  refund: ['re_3', 23],
  product: ['prod_', 14],
  price: ['price_1', 23],
  plan: ['plan_', 14],
  coupon: ['', 8],
  promotionCode: ['promo_1', 23],
  discount: ['di_1', 23],
  checkoutSession: ['cs_test_', 58],
  lineItem: ['li_1', 23],
  subscription: ['sub_1', 23],
  subscriptionItem: ['si_', 14],
  invoice: ['in_1', 23],
  invoiceItem: ['ii_1', 23],
  invoiceLineItem: ['il_1', 23],
  invoicePayment: ['inpay_1', 23],
  mandate: ['mandate_1', 23],
  token: ['tok_1', 23],
  payment: ['py_3', 23],
  dispute: ['du_1', 23],
  fraudWarning: ['issfr_1', 23],
  event: ['evt_1', 23],
  webhookEndpoint: ['we_1', 23],
  webhookSecret: ['whsec_', 32],
  portalConfiguration: ['bpc_1', 23],
  subscriptionSchedule: ['sub_sched_1', 23],
  taxId: ['txi_1', 23],
  creditNote: ['cn_1', 23],
  creditNoteLineItem: ['cnli_1', 23],
  customerBalanceTransaction: ['cbtxn_1', 23],
  customerCashBalanceTransaction: ['ccsbtxn_1', 23],
  portalSession: ['bps_1', 23],
  testClock: ['clock_1', 23],
  request: ['req_', 14],
} as const satisfies Record<string, readonly [prefix: string, length: number]>;

export type IdKind = keyof typeof SHAPES;

/** A new id with the prefix and length of Stripe's ids of that kind. */
export function newId(kind: IdKind): string {
  const [prefix, length] = SHAPES[kind];
  return prefix + randomText(length);
}

/** The client secret of an intent: `<id>_secret_` and 25 characters. */
export function newClientSecret(id: string): string {
  return `${id}_secret_${randomText(25)}`;
}
