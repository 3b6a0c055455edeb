import { idOf } from '#stripe/id-of.js';
import type { Caller } from './caller.js';
import type { Paydesk } from './paydesk.js';

/** The Stripe customer of a signed-in user, created by a SetupIntent. */
export async function customerOfUser({ stripe }: Paydesk, user: Caller): Promise<string> {
  const { body } = await user.post('/payments/create-setup-intent');
  const { customer } = await stripe.setupIntents.retrieve(
    String(body.clientSecret).split('_secret_')[0] ?? '',
  );
  return idOf(customer) ?? '';
}
