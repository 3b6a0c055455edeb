import { idOf } from '#stripe/id-of.js';
import type { Bench } from './bench.js';

/** A user with two saved cards. */
export interface Payer {
  user: string;
  good: string;
  bad: string;
}

/** Creates users with saved cards, before there are faults and kills. */
export async function makePayers(bench: Bench, key: string, count: number): Promise<Payer[]> {
  const save = async (user: string, testCard: string): Promise<string> => {
    const { status, slug, body } = await bench
      .client(key)
      .send({ name: user, path: `/partners/user/${user}/setup_intent`, body: {} });
    if (status !== 201) throw new Error(`no setup intent for ${user}: ${status} ${slug}`);
    const [intent = ''] = String(body.client_secret).split('_secret_');
    const { payment_method: card } = await bench.stripeClient.setupIntents.confirm(intent, {
      payment_method: testCard,
      return_url: 'https://example.com/saved',
    });
    return idOf(card) ?? '';
  };
  return Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Payer> => {
      const user = `user-${index}`;
      const good = await save(user, 'pm_card_visa');
      return { user, good, bad: await save(user, 'pm_card_chargeCustomerFail') };
    }),
  );
}
