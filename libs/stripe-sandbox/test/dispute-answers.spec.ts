import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A shop with one disputed payment of $40. */
async function openDispute(card = 'pm_card_createDispute') {
  const shop = await openShop(card);
  const { id: payment } = await shop.pay(4000);
  const [dispute] = (await shop.stripe.disputes.list({ payment_intent: payment })).data;
  const before = shop.events().length;
  return { ...shop, payment, id: dispute!.id, eventsSince: () => shop.events().slice(before) };
}

// https://docs.stripe.com/testing#evidence, https://docs.stripe.com/api/disputes/update
test('winning evidence reinstates the funds', async () => {
  const { stripe, clock, id, payment, eventsSince } = await openDispute();
  const answered = await stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } });
  expect(answered).toMatchObject({
    evidence: { uncategorized_text: 'winning_evidence' },
    evidence_details: { has_evidence: true, submission_count: 1, submission_method: 'manual' },
    status: 'under_review',
  });
  clock.advanceMs(60_000);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'won', is_charge_refundable: true });
  expect(eventsSince()).toEqual([
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_reinstated',
  ]);
  expect((await stripe.refunds.create({ payment_intent: payment })).status).toBe('succeeded');
});

test('losing evidence loses the dispute', async () => {
  const { stripe, clock, id, payment, eventsSince } = await openDispute();
  await stripe.disputes.update(id, { evidence: { uncategorized_text: 'losing_evidence' } });
  clock.advanceMs(60_000);
  expect((await stripe.disputes.retrieve(id)).status).toBe('lost');
  expect(eventsSince()).toEqual(['charge.dispute.updated', 'charge.dispute.closed']);
  expect(await failureOf(stripe.refunds.create({ payment_intent: payment }))).toMatchObject({
    code: 'charge_disputed',
  });
});

test('other evidence stays under review', async () => {
  const { stripe, clock, id } = await openDispute();
  await stripe.disputes.update(id, { evidence: { product_description: 'A mug' } });
  clock.advanceMs(30 * DAY_MS);
  expect((await stripe.disputes.retrieve(id)).status).toBe('under_review');
});

test('evidence can be staged, and submitted later', async () => {
  const { stripe, id } = await openDispute();
  const evidence = { product_description: 'A mug', customer_name: 'Ada' };
  const staged = await stripe.disputes.update(id, { evidence, submit: false, metadata: { by: 'eve' } });
  expect(staged).toMatchObject({
    evidence,
    evidence_details: { has_evidence: true, submission_count: 0, submission_method: 'not_submitted' },
    metadata: { by: 'eve' },
    status: 'needs_response',
  });
  expect(await stripe.disputes.update(id, { submit: true })).toMatchObject({
    evidence,
    evidence_details: { submission_count: 1 },
    status: 'under_review',
  });
});

test('removed evidence does not count as evidence', async () => {
  const { stripe, id } = await openDispute();
  const stage = (product_description: string) =>
    stripe.disputes.update(id, { evidence: { product_description }, submit: false });
  expect((await stage('A mug')).evidence_details.has_evidence).toBe(true);
  expect(await stage('')).toMatchObject({
    evidence: { product_description: null },
    evidence_details: { has_evidence: false },
  });
});

test('an update of metadata submits nothing', async () => {
  const { stripe, id } = await openDispute();
  const { status, metadata } = await stripe.disputes.update(id, { metadata: { by: 'eve' } });
  expect({ status, metadata }).toEqual({ status: 'needs_response', metadata: { by: 'eve' } });
});

test('a closed dispute is lost, and accepts no more evidence', async () => {
  const { stripe, id, eventsSince } = await openDispute();
  expect((await stripe.disputes.close(id)).status).toBe('lost');
  expect(eventsSince()).toEqual(['charge.dispute.closed']);
  const late = { evidence: { uncategorized_text: 'winning_evidence' } };
  expect((await failureOf(stripe.disputes.update(id, late))).statusCode).toBe(400);
  expect((await failureOf(stripe.disputes.close(id))).statusCode).toBe(400);
});

test('a dispute without a response is lost at its due date', async () => {
  const { stripe, clock, id } = await openDispute();
  clock.advanceMs(9 * DAY_MS);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    evidence_details: { past_due: true },
    status: 'lost',
  });
  const { data } = await stripe.events.list({ type: 'charge.dispute.closed' });
  expect(data[0]!.data.previous_attributes).toEqual({
    evidence_details: { past_due: false },
    status: 'needs_response',
  });
});

test('winning evidence closes an inquiry, without moving funds', async () => {
  const { stripe, clock, id, eventsSince } = await openDispute('pm_card_createDisputeInquiry');
  const answered = await stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } });
  expect(answered.status).toBe('warning_under_review');
  clock.advanceMs(60_000);
  expect((await stripe.disputes.retrieve(id)).status).toBe('warning_closed');
  expect(eventsSince()).toEqual(['charge.dispute.updated', 'charge.dispute.closed']);
});

test('an inquiry escalates to a chargeback', async () => {
  const { stripe, clock, id, eventsSince } = await openDispute('pm_card_createDisputeInquiry');
  await stripe.disputes.update(id, { evidence: { uncategorized_text: 'escalate_inquiry_evidence' } });
  clock.advanceMs(60_000);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    is_charge_refundable: false,
    payment_method_details: { card: { case_type: 'chargeback' } },
    status: 'needs_response',
  });
  expect(eventsSince().slice(1)).toEqual(['charge.dispute.updated', 'charge.dispute.funds_withdrawn']);
  expect((await stripe.disputes.close(id)).status).toBe('lost');
});

test('refuses evidence in files', async () => {
  const { stripe, id } = await openDispute();
  const call = stripe.disputes.update(id, { evidence: { receipt: 'file_1' } });
  expect(await failureOf(call)).toMatchObject({ code: 'parameter_unknown', param: 'evidence[receipt]' });
});

// https://docs.stripe.com/api/disputes/update#update_dispute-evidence
test('all evidence together has at most 150,000 characters', async () => {
  const { stripe, id } = await openDispute();
  const part = 'a'.repeat(20_000);
  const stage = (evidence: Stripe.DisputeUpdateParams.Evidence) =>
    stripe.disputes.update(id, { evidence, submit: false });
  await stage({
    access_activity_log: part,
    cancellation_policy_disclosure: part,
    cancellation_rebuttal: part,
  });
  await stage({
    duplicate_charge_explanation: part,
    product_description: part,
    refund_policy_disclosure: part,
  });
  await stage({ refund_refusal_explanation: part, uncategorized_text: 'a'.repeat(10_000) });
  expect(await failureOf(stage({ customer_name: 'A' }))).toMatchObject({
    statusCode: 400,
    param: 'evidence',
  });
  expect((await stripe.disputes.retrieve(id)).evidence.customer_name).toBeNull();
});

// https://docs.stripe.com/api/disputes/list
test('lists disputes by their time, charge and payment', async () => {
  const { stripe, clock, id, payment } = await openDispute();
  const { created, charge } = await stripe.disputes.retrieve(id);
  clock.advanceMs(DAY_MS);
  await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_createDispute',
    return_url: 'https://shop.example',
  });
  const idsOf = async (params: Stripe.DisputeListParams) =>
    (await stripe.disputes.list(params)).data.map((dispute) => dispute.id);
  expect(await idsOf({})).toHaveLength(2);
  expect(await idsOf({ created: { lte: created } })).toEqual([id]);
  expect(await idsOf({ charge: charge as string })).toEqual([id]);
  expect(await idsOf({ payment_intent: payment })).toEqual([id]);
});
