import { type Decline, declines } from './declines.js';
import type { TestCard } from './test-card.js';

/** A row: what follows `pm_card_` and `tok_` in its names, and how the card differs from a plain Visa. */
export type Row = [number: string, names: string, traits?: Partial<TestCard>];

const declined = (decline: Decline): Partial<TestCard> => ({ decline, canAttach: false });
const from = (country: string, traits: Partial<TestCard> = {}): Partial<TestCard> => ({ country, ...traits });

/** Every card of https://docs.stripe.com/testing, section by section. The default is a US Visa credit card. */
export const ROWS: readonly Row[] = [
  // Cards by brand
  ['4242424242424242', 'visa us'],
  ['4000056655665556', 'visa_debit', { funding: 'debit' }],
  ['5555555555554444', 'mastercard', { brand: 'mastercard' }],
  ['2223003122003222', 'mastercard_2series', { brand: 'mastercard' }],
  ['5200828282828210', 'mastercard_debit', { brand: 'mastercard', funding: 'debit' }],
  ['5105105105105100', 'mastercard_prepaid', { brand: 'mastercard', funding: 'prepaid' }],
  ['378282246310005', 'amex amex_threeDSecureNotSupported', { brand: 'amex', threeDSecure: 'unsupported' }],
  ['371449635398431', '', { brand: 'amex', threeDSecure: 'unsupported' }],
  ['6011111111111117', 'discover', { brand: 'discover' }],
  ['6011000990139424', '', { brand: 'discover' }],
  ['6011981111111113', 'discover_debit', { brand: 'discover', funding: 'debit' }],
  ['3056930009020004', 'diners', { brand: 'diners' }],
  ['36227206271667', '', { brand: 'diners' }],
  ['6555900000604105', '', { brand: 'discover' }],
  ['3566002020360505', 'jcb', { brand: 'jcb', country: 'JP' }],
  ['6200000000000005', 'unionpay', { brand: 'unionpay', country: 'CN' }],
  ['6200000000000047', 'unionpay_debit', { brand: 'unionpay', country: 'CN', funding: 'debit' }],
  ['6205500000000000004', '', { brand: 'unionpay', country: 'CN' }],

  // Co-branded cards
  ['4000002500001001', 'visa_cartesBancaires', from('FR', { otherNetwork: 'cartes_bancaires' })],
  [
    '5555552500001001',
    'mastercard_cartesBancaires',
    from('FR', { brand: 'mastercard', otherNetwork: 'cartes_bancaires' }),
  ],
  [
    '4000050360000001',
    'visa_debit_eftposAuCoBranded',
    from('AU', { funding: 'debit', otherNetwork: 'eftpos_au' }),
  ],
  [
    '5555050360000080',
    'mastercard_debit_eftposAuCoBranded',
    from('AU', { brand: 'mastercard', funding: 'debit', otherNetwork: 'eftpos_au' }),
  ],

  // Cards by country
  ['4000000320000021', 'ar', from('AR')],
  ['4000000760000002', 'br', from('BR')],
  ['4000001240000000', 'ca', from('CA')],
  ['4000001520000001', 'cl', from('CL')],
  ['4000001700000003', 'co', from('CO')],
  ['4000001880000005', 'cr', from('CR')],
  ['4000002180000000', 'ec', from('EC')],
  ['4000004840008001', 'mx', from('MX')],
  // Carnet: Stripe's API has no brand for it.
  ['5062210000000009', '', from('MX', { brand: 'unknown' })],
  ['4000005910000000', 'pa', from('PA')],
  ['4000006000000066', 'py', from('PY')],
  ['4000006040000068', 'pe', from('PE')],
  ['4000008580000003', 'uy', from('UY')],
  ['4000007840000001', 'ae', from('AE')],
  ['5200007840000022', 'ae_mastercard', from('AE', { brand: 'mastercard' })],
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
  ['4000058260000005', 'gb_debit', from('GB', { funding: 'debit' })],
  ['5555558265554449', 'gb_mastercard', from('GB', { brand: 'mastercard' })],
  ['4000000360000006', 'au', from('AU')],
  ['4000001560000002', 'cn', from('CN')],
  ['4000003440000004', 'hk', from('HK')],
  ['4000003560000008', 'in', from('IN')],
  ['4000003920000003', 'jp', from('JP')],
  ['3530111333300000', 'jp_jcb', from('JP', { brand: 'jcb' })],
  ['4000004580000002', 'my', from('MY')],
  ['4000005540000008', 'nz', from('NZ')],
  ['4000007020000003', 'sg', from('SG')],
  ['4000001580000008', 'tw', from('TW')],
  ['4000057640000008', 'th_debit', from('TH', { funding: 'debit' })],
  ['4000007640000003', 'th_credit', from('TH')],

  // Health and flexible spending accounts
  ['4000051230000072', 'debit_visaHsaProductCode debit_visaFsaProductCode', { funding: 'debit' }],
  [
    '5200828282828897',
    'mastercard_debit_mastercardFsaProductCode',
    { brand: 'mastercard', funding: 'debit' },
  ],

  // Declined payments
  ['4000000000000002', 'visa_chargeDeclined chargeDeclined', declined(declines.generic)],
  [
    '4000000000009995',
    'visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds',
    declined(declines.insufficientFunds),
  ],
  ['4000000000009987', 'visa_chargeDeclinedLostCard chargeDeclinedLostCard', declined(declines.lost)],
  ['4000000000009979', 'visa_chargeDeclinedStolenCard chargeDeclinedStolenCard', declined(declines.stolen)],
  [
    '4000000000000069',
    'chargeDeclinedExpiredCard visa_chargeDeclinedExpiredCard',
    declined(declines.expired),
  ],
  [
    '4000000000000127',
    'chargeDeclinedIncorrectCvc visa_chargeDeclinedIncorrectCvc',
    declined(declines.incorrectCvc),
  ],
  [
    '4000000000000119',
    'chargeDeclinedProcessingError visa_chargeDeclinedProcessingError',
    declined(declines.processingError),
  ],
  [
    '4000000000006975',
    'visa_chargeDeclinedVelocityLimitExceeded chargeDeclinedVelocityLimitExceeded',
    declined(declines.velocity),
  ],
  ['4000000000000341', 'chargeCustomerFail visa_chargeCustomerFail', { decline: declines.generic }],
  // Stripe publishes only the tokens of these; the numbers are ours.
  [
    '4000056655660011',
    'visa_debit_chargeDeclinedInsufficientFunds',
    { ...declined(declines.insufficientFunds), funding: 'debit' },
  ],
  ['4000000000000358', 'visa_chargeCustomerFailLostCard', { decline: declines.lost }],
  ['4000000000000366', 'visa_chargeCustomerFailStolenCard', { decline: declines.stolen }],

  // Fraud prevention
  [
    '4100000000000019',
    'radarBlock chargeDeclinedFraudulent visa_chargeDeclinedFraudulent',
    { decline: declines.blocked, risk: 'highest' },
  ],
  ['4000000000004954', 'riskLevelHighest', { decline: declines.blocked, risk: 'highest' }],
  ['4000000000009235', 'riskLevelElevated', { risk: 'elevated' }],
  // These are blocked only by controls of Radar that are off by default.
  ['4000008400000407', 'highFraudDisputeScore'],
  ['4000008400000159', 'highEfwScore'],
  ['4000008400001017', 'radarDynamicRiskThreshold'],
  ['4001858821843804', 'freeTrialAbuseBlock'],
  ['4000008405600003', 'adaptive3dsChallenge'],
  ['4000000000000101', 'cvcCheckFail', { checks: { cvc: 'fail' } }],
  ['4000000000000036', 'avsZipFail', { checks: { postalCode: 'fail' } }],
  ['4000058400307872', 'cvcCheckFailElevatedRisk', { checks: { cvc: 'fail' }, risk: 'elevated' }],
  ['4000058400306072', 'avsZipFailElevatedRisk', { checks: { postalCode: 'fail' }, risk: 'elevated' }],
  ['4000000000000028', 'avsLine1Fail', { checks: { line1: 'fail' } }],
  ['4000000000000010', 'avsFail', { checks: { line1: 'fail', postalCode: 'fail' } }],
  ['4000000000000044', 'avsUnchecked', { checks: { line1: 'unavailable', postalCode: 'unavailable' } }],

  // Disputes
  ['4000000000000259', 'createDispute', { dispute: 'fraudulent' }],
  ['4000000000002685', 'createDisputeProductNotReceived', { dispute: 'product_not_received' }],
  ['4000000000001976', 'createDisputeInquiry', { dispute: 'inquiry' }],
  ['4000000000005423', 'createIssuerFraudRecord', { isReportedAsFraud: true }],
  ['4000000404000079', 'createMultipleDisputes', { dispute: 'multiple' }],
  ['4000000404000038', 'createCe3EligibleDispute', { dispute: 'ce3' }],
  ['4000008400000779', 'createComplianceDispute', { dispute: 'compliance' }],
  ['5105008400000002', 'createMastercardComplianceDispute', { brand: 'mastercard', dispute: 'compliance' }],
  ['4000000001000043', 'createAutoRepresentmentEligibleDispute', { dispute: 'fraudulent' }],
  // Dispute prevention, for an account not enrolled in it
  ['4000000404004816', 'createRapidDisputeResolutionDispute', { dispute: 'fraudulent' }],
  ['4000000404005649', 'createCe3BlockDispute', { dispute: 'fraudulent' }],
  ['5105000300000018', 'createEthocaAlert', { brand: 'mastercard', dispute: 'fraudulent' }],

  // Refunds
  ['4000000000007726', 'pendingRefund', { refund: 'succeeds_later' }],
  ['4000000000005126', 'refundFail', { refund: 'fails_later' }],

  // Available balance
  ['4000000000000077', 'bypassPending', { bypassesPending: true }],
  ['4000003720000278', 'bypassPendingInternational', from('IE', { bypassesPending: true })],

  // 3D Secure: authentication and setup
  ['4000002500003155', 'authenticationRequiredOnSetup', from('FR', { authentication: 'unless_set_up' })],
  ['4000002760003184', 'authenticationRequired', from('DE', { authentication: 'always' })],
  [
    '4000003800000446',
    'authenticationRequiredSetupForOffSession',
    from('IT', { authentication: 'already_set_up' }),
  ],
  [
    '4000008260003178',
    'authenticationRequiredChargeDeclinedInsufficientFunds',
    from('GB', { authentication: 'unless_set_up', decline: declines.insufficientFunds }),
  ],

  // 3D Secure: support and availability
  [
    '4000000000003220',
    'threeDSecure2Required threeDSecureRequired',
    from('IE', { authentication: 'by_radar' }),
  ],
  ['4000008400000027', '', { authentication: 'by_radar' }],
  [
    '4000008400001629',
    'threeDSecureRequiredChargeDeclined',
    { authentication: 'by_radar', decline: declines.generic },
  ],
  [
    '4000008400001280',
    'threeDSecureRequiredProcessingError',
    { authentication: 'by_radar', threeDSecure: 'error', decline: declines.generic },
  ],
  ['4000000000003055', 'threeDSecureOptional', { threeDSecure: 'challenge' }],
  ['4000000000003097', 'threeDSecureOptionalProcessingError', { threeDSecure: 'error' }],
  ['4000000032200000', '', { authentication: 'always', threeDSecure: 'frictionless' }],

  // 3D Secure: mobile challenge flows, which are a plain challenge in a browser
  ['4000582600000094', '', { authentication: 'always' }],
  ['4000582600000045', '', { authentication: 'always' }],
  ['4000582600000102', '', { authentication: 'always' }],
  ['4000582600000110', '', { authentication: 'always' }],

  // Captchas and PINs, which only matter on Stripe's pages and card readers
  ['4000000000001208', ''],
  ['4000000000003725', ''],
  ['4001007020000002', '', from('SG')],
  ['4000008260000075', '', from('GB')],
  ['4001000360000005', '', from('AU')],
  ['4000002760000008', '', from('DE')],
];
