import { randomUUID } from 'node:crypto';
import { idOf } from '#stripe/id-of.js';
import type { Caller } from './caller.js';
import type { Paydesk } from './paydesk.js';

/** A user id that no other test uses. */
export function someUser(): string {
  return `user-${randomUUID()}`;
}

/**
 * Saves a card for a partner's user as a front end does: it gets a SetupIntent from Paydesk and confirms it at Stripe.
 * Returns the payment method's id.
 */
export async function saveCard(
  { stripe }: Paydesk,
  partner: Caller,
  userId: string,
  testCard = 'pm_card_visa',
): Promise<string> {
  const { body } = await partner.post(`/partners/user/${userId}/setup_intent`);
  const [setupIntentId = ''] = String(body.client_secret).split('_secret_');
  const intent = await stripe.setupIntents.confirm(setupIntentId, {
    payment_method: testCard,
    return_url: 'https://example.com/saved',
  });
  return idOf(intent.payment_method) ?? '';
}

/** Attaches a card to a user's customer without a SetupIntent, for a test card that would ask for authentication there. */
export async function attachCard(
  { stripe }: Paydesk,
  partner: Caller,
  userId: string,
  testCard: string,
): Promise<string> {
  const { body } = await partner.post(`/partners/user/${userId}/setup_intent`);
  const [setupIntentId = ''] = String(body.client_secret).split('_secret_');
  const { customer } = await stripe.setupIntents.retrieve(setupIntentId);
  return (await stripe.paymentMethods.attach(testCard, { customer: idOf(customer) ?? '' })).id;
}
