import type { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import { CARD_ONLY, openShop } from './payments.js';
import { failureOf, openBench } from './support.js';

/*
 * The rows of https://docs.stripe.com/testing, each tried by number, by token and by its `pm_card_` id.
 * A row without a name has only a number there.
 */

type Bought = Stripe.PaymentIntentCreateParams;

/** The three ways to pay with a row's card. */
function waysToPay(number: string, name: string): [way: string, params: Partial<Bought>][] {
  const cvc = number.startsWith('37') ? '1234' : '123';
  const card = (details: object) => ({ payment_method_data: { type: 'card', card: details } }) as object;
  const typed: [string, object] = ['by number', card({ number, exp_month: 12, exp_year: 2034, cvc })];
  if (name === '') return [typed];
  return [
    typed,
    [`by tok_${name}`, card({ token: `tok_${name}` })],
    [`by pm_card_${name}`, { payment_method: `pm_card_${name}` }],
  ];
}

/** Every row three times, once for each way. */
function cases<T extends object>(rows: readonly (readonly [number: string, name: string, expected: T])[]) {
  return rows.flatMap(([number, name, expected]) =>
    waysToPay(number, name).map(([way, params]) => [number, way, params, expected] as const),
  );
}

const buy = (stripe: Stripe, params: Partial<Bought>) =>
  stripe.paymentIntents.create({
    ...CARD_ONLY,
    amount: 1000,
    confirm: true,
    expand: ['latest_charge'],
    ...params,
  });

const chargeOf = ({ latest_charge }: Stripe.PaymentIntent) => latest_charge as Stripe.Charge;

describe('pays, from', () => {
  const visa = { brand: 'visa', funding: 'credit', country: 'US' };
  const from = (country: string, more: object = {}) => ({ ...visa, country, ...more });
  test.for(
    cases<object>([
      ['4242424242424242', 'visa', visa],
      ['4000056655665556', 'visa_debit', { ...visa, funding: 'debit' }],
      ['5555555555554444', 'mastercard', { ...visa, brand: 'mastercard' }],
      ['2223003122003222', '', { ...visa, brand: 'mastercard' }],
      ['5200828282828210', 'mastercard_debit', { ...visa, brand: 'mastercard', funding: 'debit' }],
      ['5105105105105100', 'mastercard_prepaid', { ...visa, brand: 'mastercard', funding: 'prepaid' }],
      ['378282246310005', 'amex', { ...visa, brand: 'amex' }],
      ['6011111111111117', 'discover', { ...visa, brand: 'discover' }],
      ['3056930009020004', 'diners', { ...visa, brand: 'diners' }],
      ['3566002020360505', 'jcb', { brand: 'jcb' }],
      ['6200000000000005', 'unionpay', { brand: 'unionpay' }],
      ['4000000760000002', 'br', from('BR')],
      ['4000001240000000', 'ca', from('CA')],
      ['4000004840008001', 'mx', from('MX')],
      ['4000000400000008', 'at', from('AT')],
      ['4000000560000004', 'be', from('BE')],
      ['4000002080000001', 'dk', from('DK')],
      ['4000002460000001', 'fi', from('FI')],
      ['4000002500000003', 'fr', from('FR')],
      ['4000002760000016', 'de', from('DE')],
      ['4000003720000005', 'ie', from('IE')],
      ['4000003800000008', 'it', from('IT')],
      ['4000005280000002', 'nl', from('NL')],
      ['4000006160000005', 'pl', from('PL')],
      ['4000007240000007', 'es', from('ES')],
      ['4000007520000008', 'se', from('SE')],
      ['4000007560000009', 'ch', from('CH')],
      ['4000008260000000', 'gb', from('GB')],
      ['4000058260000005', 'gb_debit', from('GB', { funding: 'debit' })],
      ['5555558265554449', 'gb_mastercard', from('GB', { brand: 'mastercard' })],
      ['4000000360000006', 'au', from('AU')],
      ['4000003440000004', 'hk', from('HK')],
      ['4000003560000008', 'in', from('IN')],
      ['4000003920000003', 'jp', from('JP')],
      ['4000005540000008', 'nz', from('NZ')],
      ['4000007020000003', 'sg', from('SG')],
    ]),
  )('%s %s', async ([number, , params, expected]) => {
    const { stripe } = await openBench();
    const intent = await buy(stripe, params);
    expect(intent.status).toBe('succeeded');
    expect(chargeOf(intent).payment_method_details?.card).toMatchObject({
      ...expected,
      last4: number.slice(-4),
    });
  });
});

describe('is declined', () => {
  const declined = (decline_code: string, message = 'Your card was declined.') => ({
    code: 'card_declined',
    decline_code,
    message,
  });
  test.for(
    cases<{ code: string; [field: string]: string }>([
      ['4000000000000002', 'visa_chargeDeclined', declined('generic_decline')],
      [
        '4000000000009995',
        'visa_chargeDeclinedInsufficientFunds',
        declined('insufficient_funds', 'Your card has insufficient funds.'),
      ],
      ['4000000000009987', 'visa_chargeDeclinedLostCard', declined('lost_card')],
      ['4000000000009979', 'visa_chargeDeclinedStolenCard', declined('stolen_card')],
      [
        '4000000000000069',
        'chargeDeclinedExpiredCard',
        { code: 'expired_card', message: 'Your card has expired.', param: 'exp_month' },
      ],
      [
        '4000000000000127',
        'chargeDeclinedIncorrectCvc',
        { code: 'incorrect_cvc', message: "Your card's security code is incorrect.", param: 'cvc' },
      ],
      ['4000000000000119', 'chargeDeclinedProcessingError', { code: 'processing_error' }],
      [
        '4000000000006975',
        'visa_chargeDeclinedVelocityLimitExceeded',
        { code: 'card_declined', decline_code: 'card_velocity_exceeded' },
      ],
      ['4000000000000341', 'chargeCustomerFail', declined('generic_decline')],
      ['4100000000000019', 'radarBlock', declined('fraudulent')],
    ]),
  )('%s %s', async ([, , params, expected]) => {
    const { stripe } = await openBench();
    const failure = await failureOf(buy(stripe, params));
    expect(failure).toMatchObject({ statusCode: 402, type: 'StripeCardError', ...expected });
    const charge = await stripe.charges.retrieve(failure.charge as string);
    expect(charge).toMatchObject({ status: 'failed', failure_code: expected.code });
  });

  test('4100000000000019 never gets to the issuer', async () => {
    const { stripe } = await openBench();
    const { charge } = await failureOf(buy(stripe, { payment_method: 'pm_card_radarBlock' }));
    expect((await stripe.charges.retrieve(charge as string)).outcome).toMatchObject({
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      risk_level: 'highest',
      type: 'blocked',
    });
  });

  test('4000000000000341 can be attached first', async () => {
    const { pay } = await openShop('pm_card_chargeCustomerFail');
    expect((await failureOf(pay(1000))).code).toBe('card_declined');
  });
});

describe('pays in spite of', () => {
  const address = { line1: '1 High Street', postal_code: '12345', country: 'US' };
  test.for([
    ['4000000000009235', { risk_level: 'elevated' }, {}],
    ['4000000000000101', {}, { cvc_check: 'fail' }],
    ['4000000000000036', {}, { address_postal_code_check: 'fail', address_line1_check: 'pass' }],
    ['4000000000000028', {}, { address_line1_check: 'fail', address_postal_code_check: 'pass' }],
    ['4000000000000010', {}, { address_line1_check: 'fail', address_postal_code_check: 'fail' }],
    [
      '4000000000000044',
      {},
      { address_line1_check: 'unavailable', address_postal_code_check: 'unavailable' },
    ],
    ['4000058400307872', { risk_level: 'elevated' }, { cvc_check: 'fail' }],
    ['4000058400306072', { risk_level: 'elevated' }, { address_postal_code_check: 'fail' }],
  ] as const)('%s: %o %o', async ([number, outcome, checks]) => {
    const { stripe } = await openBench();
    const card = { number, exp_month: 12, exp_year: 2034, cvc: '123' };
    const details = { type: 'card', card, billing_details: { address } } as object;
    const intent = await buy(stripe, { payment_method_data: details } as Partial<Bought>);
    expect(chargeOf(intent)).toMatchObject({
      status: 'succeeded',
      outcome,
      payment_method_details: { card: { checks } },
    });
  });
});

describe('with 3D Secure', () => {
  const [asks, refuses, pays] = ['requires_action', 'authentication_required', 'succeeded'];
  test.for([
    ['4000002500003155', 'authenticationRequiredOnSetup', asks, refuses],
    ['4000002760003184', 'authenticationRequired', asks, refuses],
    ['4000003800000446', 'authenticationRequiredSetupForOffSession', asks, pays],
    ['4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', asks, refuses],
    ['4000000000003220', 'threeDSecure2Required', asks, refuses],
    ['4000008400001629', 'threeDSecureRequiredChargeDeclined', asks, refuses],
    ['4000000000003055', 'threeDSecureOptional', pays, pays],
    ['378282246310005', 'amex_threeDSecureNotSupported', pays, pays],
  ] as const)('%s (%s) on-session %s, off-session %s', async ([number, name, onSession, offSession]) => {
    for (const [, params] of waysToPay(number, name)) {
      const { stripe, customer } = await openShop();
      expect((await buy(stripe, params)).status).toBe(onSession);
      const away = buy(stripe, { ...params, customer: customer.id, off_session: true });
      const result = await away.then(
        ({ status }) => status,
        ({ code }: Stripe.errors.StripeError) => code,
      );
      expect(result).toBe(offSession);
    }
  });

  test('4000000000003220 is refused off-session before there is a charge', async () => {
    const { stripe, pay } = await openShop('pm_card_threeDSecure2Required');
    const failure = await failureOf(pay(1000));
    expect(failure.charge).toBeUndefined();
    expect((await stripe.charges.list()).data).toEqual([]);
  });
});
