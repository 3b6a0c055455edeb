import { expect, test } from 'vitest';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/testing#disputes
// The last two are prevented for accounts that are enrolled in dispute prevention.
test.for([
  ['pm_card_createDispute', 'fraudulent', 'needs_response', '10.4', 'chargeback'],
  ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response', '13.1', 'chargeback'],
  ['pm_card_createDisputeInquiry', 'fraudulent', 'warning_needs_response', '10', 'inquiry'],
  ['pm_card_createAutoRepresentmentEligibleDispute', 'fraudulent', 'needs_response', '10.4', 'chargeback'],
  ['pm_card_createRapidDisputeResolutionDispute', 'fraudulent', 'needs_response', '10.4', 'chargeback'],
  ['pm_card_createCe3BlockDispute', 'fraudulent', 'needs_response', '10.4', 'chargeback'],
] as const)(
  '%s is disputed as %s',
  async ([paymentMethod, reason, status, network_reason_code, case_type]) => {
    const { stripe, pay } = await openShop(paymentMethod);
    const { id, latest_charge } = await pay(4000);
    const charge = latest_charge as string;
    expect((await stripe.charges.retrieve(charge)).disputed).toBe(true);
    const { data } = await stripe.disputes.list({ charge });
    expect(data).toMatchObject([
      {
        id: expect.stringMatching(/^du_1[A-Za-z0-9]{23}$/),
        amount: 4000,
        charge,
        currency: 'usd',
        // The bench stands at the start of 2026-11-01.
        evidence_details: { due_by: Date.UTC(2026, 10, 9, 23, 59, 59) / 1000, has_evidence: false },
        is_charge_refundable: case_type === 'inquiry',
        payment_intent: id,
        payment_method_details: { type: 'card', card: { brand: 'visa', case_type, network_reason_code } },
        reason,
        status,
      },
    ]);
    expect(await stripe.disputes.retrieve(data[0]!.id)).toEqual(data[0]);
  },
);

// https://docs.stripe.com/testing#dispute-prevention
test('pm_card_createEthocaAlert is disputed, because the account does not use dispute prevention', async () => {
  const { stripe, pay } = await openShop('pm_card_createEthocaAlert');
  const { id } = await pay(4000);
  const { data } = await stripe.disputes.list({ payment_intent: id });
  expect(data).toMatchObject([{ amount: 4000, reason: 'fraudulent', status: 'needs_response' }]);
});

test('a dispute is opened between the charge and its intent', async () => {
  const { pay, events } = await openShop('pm_card_createDispute');
  await pay(4000);
  expect(events().slice(-4)).toEqual([
    'charge.succeeded',
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'payment_intent.succeeded',
  ]);
});

test.for([
  ['pm_card_createMultipleDisputes', 2],
  ['pm_card_createIssuerFraudRecord', 0],
] as const)('%s makes %d disputes', async ([paymentMethod, count]) => {
  const { stripe, pay } = await openShop(paymentMethod);
  const { latest_charge } = await pay(4000);
  const charge = await stripe.charges.retrieve(latest_charge as string);
  expect(charge.disputed).toBe(count > 0);
  expect((await stripe.disputes.list({ charge: charge.id })).data).toHaveLength(count);
});

test.for([
  ['pm_card_createCe3EligibleDispute', 'fraudulent', ['visa_compelling_evidence_3']],
  ['pm_card_createComplianceDispute', 'noncompliant', ['visa_compliance']],
] as const)('%s is open to %s evidence', async ([paymentMethod, reason, enhanced_eligibility_types]) => {
  const { stripe, pay } = await openShop(paymentMethod);
  const { id } = await pay(4000);
  const { data } = await stripe.disputes.list({ payment_intent: id });
  expect(data).toMatchObject([{ reason, enhanced_eligibility_types }]);
});

test('a charge is disputed when it is captured', async () => {
  const { stripe, pay } = await openShop('pm_card_createDispute');
  const { id } = await pay(4000, { capture_method: 'manual' });
  expect((await stripe.disputes.list({ payment_intent: id })).data).toEqual([]);
  await stripe.paymentIntents.capture(id, { amount_to_capture: 2500 });
  expect((await stripe.disputes.list({ payment_intent: id })).data).toMatchObject([{ amount: 2500 }]);
});

test('an inquiry leaves the charge refundable', async () => {
  const { stripe, pay } = await openShop('pm_card_createDisputeInquiry');
  const { id } = await pay(4000);
  expect((await stripe.refunds.create({ payment_intent: id })).status).toBe('succeeded');
});

test('returns 404 for an unknown dispute', async () => {
  const { stripe } = await openShop();
  expect(await failureOf(stripe.disputes.retrieve('du_nothing'))).toMatchObject({
    statusCode: 404,
    param: 'dispute',
    message: "No such dispute: 'du_nothing'",
  });
});
