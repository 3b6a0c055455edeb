import { expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { startPaydesk } from '../support/paydesk.js';

const it = paydeskTest();

it('forbids caches to keep answers and problems', async ({ paydesk, partner, shop }) => {
  const answers = await Promise.all([
    partner.post('/partners/user/user-1/setup_intent'),
    partner.get('/partners/user/user-1/payment_methods'),
    partner.post('/partners/user/user-1/payment_intent', {}),
    shop.get('/customers/nobody'),
    paydesk.stranger().get('/nowhere'),
    paydesk.stranger().get('/%c0'),
    paydesk.stranger().get('/health/live'),
  ]);
  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'));
});

it('reveals nothing by its health checks but the status', async ({ paydesk }) => {
  for (const path of ['/health/live', '/health/ready']) {
    expect((await paydesk.stranger().get(path)).body).toEqual({ status: 'ok' });
  }
});

it('serves the documentation, which keeps no credential', async ({ paydesk }) => {
  const page = await fetch(`${paydesk.url}/docs`);
  expect(page.status).toBe(200);
  const script = await (await fetch(`${paydesk.url}/docs/swagger-ui-init.js`)).text();
  expect(script).toMatch(/"persistAuthorization": false/);
});

it.for([
  [{ STRIPE_SECRET_KEY: 'sk_live_any' }, 404],
  [{ STRIPE_SECRET_KEY: 'sk_live_any', DOCS: 'on' }, 200],
  [{ STRIPE_SECRET_KEY: 'sk_test_any' }, 200],
  [{ DOCS: 'off' }, 404],
] as const)('serves the documentation with %j: %i', async ([environment, status]) => {
  const paydesk = await startPaydesk({ environment: { ...environment } });
  const answers = await Promise.all(
    ['/docs', '/docs/openapi.json', '/docs/swagger-ui-init.js'].map((path) => fetch(paydesk.url + path)),
  );
  await paydesk.close();
  expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
});
