import type { Stripe } from 'stripe';
import { describe, expect } from 'vitest';
import { CARD_ONLY, openShop } from './payments.js';
import { failureOf, test } from './support.js';

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

const VISA = { brand: 'visa', funding: 'credit', country: 'US' };
const MASTERCARD = { ...VISA, brand: 'mastercard' };
const from = (country: string, more: object = {}) => ({ ...VISA, country, ...more });
const byBrand = (brand: string, more: object = {}) => ({ brand, ...more });
const DEBIT = { funding: 'debit' };

type Row = readonly [number: string, name: string, expected: object];

/** Cards by brand and by country, co-branded ones, and those for health expenses, captchas and PINs. */
const PLAIN: readonly Row[] = [
  ['4242424242424242', 'visa', VISA],
  ['4000056655665556', 'visa_debit', { ...VISA, ...DEBIT }],
  ['5555555555554444', 'mastercard', MASTERCARD],
  ['2223003122003222', '', MASTERCARD],
  ['5200828282828210', 'mastercard_debit', { ...MASTERCARD, ...DEBIT }],
  ['5105105105105100', 'mastercard_prepaid', { ...MASTERCARD, funding: 'prepaid' }],
  ['378282246310005', 'amex', byBrand('amex')],
  ['371449635398431', '', byBrand('amex')],
  ['6011111111111117', 'discover', byBrand('discover')],
  ['6011000990139424', '', byBrand('discover')],
  ['6011981111111113', '', byBrand('discover', DEBIT)],
  ['3056930009020004', 'diners', byBrand('diners')],
  ['36227206271667', '', byBrand('diners')],
  ['6555900000604105', '', byBrand('discover')],
  ['3566002020360505', 'jcb', byBrand('jcb')],
  ['6200000000000005', 'unionpay', byBrand('unionpay')],
  ['6200000000000047', '', byBrand('unionpay', DEBIT)],
  ['6205500000000000004', '', byBrand('unionpay')],
  ['4000002500001001', 'visa_cartesBancaires', from('FR')],
  ['5555552500001001', 'mastercard_cartesBancaires', from('FR', byBrand('mastercard'))],
  ['4000050360000001', 'visa_debit_eftposAuCoBranded', from('AU', DEBIT)],
  ['5555050360000080', 'mastercard_debit_eftposAuCoBranded', from('AU', byBrand('mastercard', DEBIT))],
  ['4000000320000021', 'ar', from('AR')],
  ['4000000760000002', 'br', from('BR')],
  ['4000001240000000', 'ca', from('CA')],
  ['4000001520000001', 'cl', from('CL')],
  ['4000001700000003', 'co', from('CO')],
  ['4000001880000005', 'cr', from('CR')],
  ['4000002180000000', 'ec', from('EC')],
  ['4000004840008001', 'mx', from('MX')],
  ['5062210000000009', '', from('MX', byBrand('unknown'))],
  ['4000005910000000', 'pa', from('PA')],
  ['4000006000000066', 'py', from('PY')],
  ['4000006040000068', 'pe', from('PE')],
  ['4000008580000003', 'uy', from('UY')],
  ['4000007840000001', 'ae', from('AE')],
  ['4000000400000008', 'at', from('AT')],
  ['4000000560000004', 'be', from('BE')],
  ['4000001000000000', 'bg', from('BG')],
  ['4000001120000005', 'by', from('BY')],
  ['4000001910000009', 'hr', from('HR')],
  ['4000001960000008', 'cy', from('CY')],
  ['4000002030000002', 'cz', from('CZ')],
  ['4000002080000001', 'dk', from('DK')],
  ['4000002330000009', 'ee', from('EE')],
  ['4000002460000001', 'fi', from('FI')],
  ['4000002500000003', 'fr', from('FR')],
  ['4000002760000016', 'de', from('DE')],
  ['4000002920000005', 'gi', from('GI')],
  ['4000003000000030', 'gr', from('GR')],
  ['4000003480000005', 'hu', from('HU')],
  ['4000003720000005', 'ie', from('IE')],
  ['4000003800000008', 'it', from('IT')],
  ['4000004280000005', 'lv', from('LV')],
  ['4000004380000004', 'li', from('LI')],
  ['4000004400000000', 'lt', from('LT')],
  ['4000004420000006', 'lu', from('LU')],
  ['4000004700000007', 'mt', from('MT')],
  ['4000005280000002', 'nl', from('NL')],
  ['4000005780000007', 'no', from('NO')],
  ['4000006160000005', 'pl', from('PL')],
  ['4000006200000007', 'pt', from('PT')],
  ['4000006420000001', 'ro', from('RO')],
  ['4000006820000007', 'sa', from('SA')],
  ['4000007050000006', 'si', from('SI')],
  ['4000007030000001', 'sk', from('SK')],
  ['4000007240000007', 'es', from('ES')],
  ['4000007520000008', 'se', from('SE')],
  ['4000007560000009', 'ch', from('CH')],
  ['4000008260000000', 'gb', from('GB')],
  ['4000000360000006', 'au', from('AU')],
  ['4000001560000002', 'cn', from('CN')],
  ['4000003440000004', 'hk', from('HK')],
  ['4000003560000008', 'in', from('IN')],
  ['4000003920000003', 'jp', from('JP')],
  ['4000004580000002', 'my', from('MY')],
  ['4000005540000008', 'nz', from('NZ')],
  ['4000007020000003', 'sg', from('SG')],
  ['4000001580000008', 'tw', from('TW')],
  ['5200007840000022', 'ae_mastercard', from('AE', byBrand('mastercard'))],
  ['4000058260000005', 'gb_debit', from('GB', DEBIT)],
  ['5555558265554449', 'gb_mastercard', from('GB', byBrand('mastercard'))],
  ['3530111333300000', 'jp_jcb', from('JP', byBrand('jcb'))],
  ['4000057640000008', 'th_debit', from('TH', DEBIT)],
  ['4000007640000003', 'th_credit', from('TH')],
  ['4000051230000072', 'debit_visaHsaProductCode', { ...VISA, ...DEBIT }],
  ['5200828282828897', 'mastercard_debit_mastercardFsaProductCode', { ...MASTERCARD, ...DEBIT }],
  ['4000000000001208', '', VISA],
  ['4000000000003725', '', VISA],
  ['4001007020000002', '', byBrand('visa')],
  ['4000008260000075', '', byBrand('visa')],
  ['4001000360000005', '', byBrand('visa')],
  ['4000002760000008', '', byBrand('visa')],
];

/** Cards for controls of Radar's that are off by default. */
const UNBLOCKED: readonly Row[] = [
  ['4000008400000407', 'highFraudDisputeScore', VISA],
  ['4000008400000159', 'highEfwScore', VISA],
  ['4000008400001017', 'radarDynamicRiskThreshold', VISA],
  ['4001858821843804', 'freeTrialAbuseBlock', VISA],
  ['4000008405600003', 'adaptive3dsChallenge', VISA],
];

/** Cards that pay, and make trouble later: see refunds.spec.ts and disputes.spec.ts. */
const LATER: readonly Row[] = [
  ['4000000000000259', 'createDispute', VISA],
  ['4000000000002685', 'createDisputeProductNotReceived', VISA],
  ['4000000000001976', 'createDisputeInquiry', VISA],
  ['4000000000005423', 'createIssuerFraudRecord', VISA],
  ['4000000404000079', 'createMultipleDisputes', VISA],
  ['4000000404000038', 'createCe3EligibleDispute', VISA],
  ['4000008400000779', 'createComplianceDispute', VISA],
  ['5105008400000002', 'createMastercardComplianceDispute', MASTERCARD],
  ['4000000001000043', 'createAutoRepresentmentEligibleDispute', VISA],
  ['4000000404004816', 'createRapidDisputeResolutionDispute', VISA],
  ['4000000404005649', 'createCe3BlockDispute', VISA],
  ['5105000300000018', 'createEthocaAlert', MASTERCARD],
  ['4000000000007726', 'pendingRefund', VISA],
  ['4000000000005126', 'refundFail', VISA],
  ['4000000000000077', 'bypassPending', VISA],
  ['4000003720000278', 'bypassPendingInternational', from('IE')],
];

describe('pays, from', () => {
  test.for(cases([...PLAIN, ...UNBLOCKED, ...LATER]))(
    '%s %s',
    async ([number, , params, expected], { stripe }) => {
      const intent = await buy(stripe, params);
      expect(intent.status).toBe('succeeded');
      expect(chargeOf(intent).payment_method_details?.card).toMatchObject({
        ...expected,
        last4: number.slice(-4),
      });
    },
  );
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
      // Blocked by Radar's default settings.
      ['4000000000004954', 'riskLevelHighest', declined('fraudulent')],
      // https://docs.stripe.com/testing#three-ds-cards: refused without a challenge.
      ['4000008400001280', 'threeDSecureRequiredProcessingError', declined('generic_decline')],
    ]),
  )('%s %s', async ([, , params, expected], { stripe }) => {
    const failure = await failureOf(buy(stripe, params));
    expect(failure).toMatchObject({ statusCode: 402, type: 'StripeCardError', ...expected });
    const charge = await stripe.charges.retrieve(failure.charge as string);
    expect(charge).toMatchObject({ status: 'failed', failure_code: expected.code });
  });

  test('4100000000000019 is blocked before the issuer is asked', async ({ stripe }) => {
    const { charge } = await failureOf(buy(stripe, { payment_method: 'pm_card_radarBlock' }));
    expect((await stripe.charges.retrieve(charge as string)).outcome).toMatchObject({
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      risk_level: 'highest',
      type: 'blocked',
    });
  });

  // The page has no numbers for these.
  test.for([
    ['tok_visa_debit_chargeDeclinedInsufficientFunds', { decline_code: 'insufficient_funds' }],
    ['tok_visa_chargeDeclinedExpiredCard', { code: 'expired_card' }],
    ['tok_visa_chargeDeclinedFraudulent', { decline_code: 'fraudulent' }],
    ['tok_visa_chargeDeclinedIncorrectCvc', { code: 'incorrect_cvc' }],
    ['tok_visa_chargeDeclinedProcessingError', { code: 'processing_error' }],
  ] as const)('%s', async ([token, expected], { stripe }) => {
    const params = { payment_method_data: { type: 'card', card: { token } } } as object;
    expect(await failureOf(buy(stripe, params))).toMatchObject({ statusCode: 402, ...expected });
  });

  test.for([
    ['tok_chargeCustomerFail', 'generic_decline'],
    ['tok_visa_chargeCustomerFail', 'generic_decline'],
    ['tok_visa_chargeCustomerFailLostCard', 'lost_card'],
    ['tok_visa_chargeCustomerFailStolenCard', 'stolen_card'],
  ] as const)('%s can be attached first', async ([token, decline_code]) => {
    const { stripe, customer } = await openShop();
    const card = await stripe.paymentMethods.create({ type: 'card', card: { token } });
    await stripe.paymentMethods.attach(card.id, { customer: customer.id });
    const payment = buy(stripe, { customer: customer.id, payment_method: card.id });
    expect(await failureOf(payment)).toMatchObject({ code: 'card_declined', decline_code });
  });
});

describe('pays despite', () => {
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
  ] as const)('%s: %o %o', async ([number, outcome, checks], { stripe }) => {
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
    ['4000008400000027', '', asks, refuses],
    ['4000582600000094', '', asks, refuses],
    ['4000582600000045', '', asks, refuses],
    ['4000582600000102', '', asks, refuses],
    ['4000582600000110', '', asks, refuses],
    ['4000000032200000', '', pays, pays],
    ['4000000000003055', 'threeDSecureOptional', pays, pays],
    ['4000000000003097', 'threeDSecureOptionalProcessingError', pays, pays],
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

  // https://docs.stripe.com/testing#three-ds-cards: what a payment that asks for 3D Secure comes to.
  test.for([
    ['4000000000003055', asks, undefined],
    ['4000000000003097', pays, 'processing_error'],
    ['4242424242424242', pays, 'attempt_acknowledged'],
    ['4000000000000077', pays, 'attempt_acknowledged'],
    ['378282246310005', pays, undefined],
    ['4000000032200000', pays, 'authenticated'],
  ] as const)('%s, asked for by the payment: %s, %s', async ([number, status, result], { stripe }) => {
    const [[, card]] = waysToPay(number, '') as [[string, Partial<Bought>]];
    const payment_method_options = { card: { request_three_d_secure: 'any' as const } };
    const intent = await buy(stripe, { ...card, payment_method_options });
    const charge = intent.latest_charge as Stripe.Charge | null;
    const told = charge?.payment_method_details?.card?.three_d_secure?.result;
    expect([intent.status, told]).toEqual([status, result]);
  });

  test('4000008400001280 shows the processing error', async ({ stripe }) => {
    const paying = buy(stripe, { payment_method: 'pm_card_threeDSecureRequiredProcessingError' });
    const { charge } = await failureOf(paying);
    const { payment_method_details } = await stripe.charges.retrieve(charge as string);
    expect(payment_method_details?.card?.three_d_secure?.result).toBe('processing_error');
  });

  test('4000000000003220 is refused off-session before there is a charge', async () => {
    const { stripe, pay } = await openShop('pm_card_threeDSecure2Required');
    const failure = await failureOf(pay(1000));
    expect(failure.charge).toBeUndefined();
    expect((await stripe.charges.list()).data).toEqual([]);
  });
});
