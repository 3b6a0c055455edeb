import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import type { Caller } from './caller.js';

/**
 * Saves a card, charges it and lists the payments, each client several times and at the same time as the others. Every
 * answer must be a success. Returns the locations of the charges.
 */
export async function chargeCards(
  partner: Caller,
  stripe: Stripe,
  { clients, rounds }: { clients: number; rounds: number },
): Promise<string[]> {
  const locations = Array.from({ length: clients }, async (_, client) => {
    const charged: string[] = [];
    for (let round = 0; round < rounds; round += 1)
      charged.push(await chargeCard(partner, stripe, `user-${client}`));
    return charged;
  });
  return (await Promise.all(locations)).flat();
}

async function chargeCard(partner: Caller, stripe: Stripe, user: string): Promise<string> {
  const path = `/partners/user/${user}`;
  const { body } = await partner.post(`${path}/setup_intent`);
  const [setupIntentId = ''] = String(body.client_secret).split('_secret_');
  const intent = await stripe.setupIntents.confirm(setupIntentId, {
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com/saved',
  });
  const card = idOf(intent.payment_method);
  const answer = await partner.post(
    `${path}/payment_intent`,
    { amount: '3000', description: 'order', stripe_payment_method_id: card },
    { 'idempotency-key': randomUUID() },
  );
  expect(answer).toMatchObject({ status: 201 });
  expect(await partner.get(`${path}/payments`)).toMatchObject({ status: 200 });
  return answer.headers.get('location') ?? '';
}
