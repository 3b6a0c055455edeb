import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest();

it('has no webhook route without a signing secret', async ({ paydesk }) => {
  const event = { id: 'evt_1', type: 'product.created', data: { object: { id: 'prod_1' } } };
  const headers = { 'stripe-signature': 't=1,v1=00' };
  expectProblem(await paydesk.stranger().post('/webhooks/stripe', event, headers), 'not-found');
});
