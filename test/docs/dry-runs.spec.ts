import { expect } from 'vitest';
import { withoutChange } from '../support/without-change.js';
import { type Documented, exampleNames, examplesTest } from './examples-test.js';

/** What changes nothing that a caller would try out first: no money moves, and nothing changes at Stripe but a customer's details. */
const WITHOUT_DRY_RUN = [
  'post /pay/recurrent/change-preview',
  'put /customers/{user_id}',
  'post /customers/{user_id}/unlink',
];
/** Settings of callers and operators. */
const SETTINGS = /^\w+ \/(admin|notification-endpoints|notifications)(\/|$)/;
/** Of Stripe, of Paydesk, and of webhooks. */
const SECRET = /\b(sk|rk|whsec|pdk)_\w+|_secret_|Bearer/;

const it = examplesTest({ workerByHand: true });

it('every operation can be tried out, which does nothing and leaves the key unused', async ({
  paydesk,
  operations,
  prepare,
}) => {
  for (const [operation, documented] of operations.filter(([, one]) => hasDryRun(one))) {
    for (const example of exampleNames(documented)) {
      const name = `${operation} ${example}`;
      const send = await prepare(operation, documented, example);
      const key = { 'idempotency-key': name.replaceAll(' ', ':') };
      const tried = await withoutChange(paydesk, () => send({ ...key, 'dry-run': 'true' }));
      expect(tried, name).toMatchObject({ status: 200, body: { dryRun: true } });
      expect(tried.body.wouldSend.length, name).toBeGreaterThan(0);
      for (const call of tried.body.wouldSend) {
        expect(Object.keys(call), name).toEqual(['method', 'path', 'params']);
        expect(call.path, name).toMatch(/^\/v1\//);
      }
      expect(JSON.stringify(tried.body), name).not.toMatch(SECRET);
      expect(tried.headers.get('idempotency-key'), name).toBeNull();
      const done = await send(key);
      expect(Math.floor(done.status / 100), name).toBe(2);
      expect(done.headers.get('idempotent-replayed'), name).toBeNull();
    }
  }
});

it('any other route refuses the header', async ({ paydesk, operations, prepare }) => {
  const others = operations.filter(
    ([name, one]) => !name.startsWith('get ') && !SETTINGS.test(name) && !hasDryRun(one),
  );
  expect(others.map(([name]) => name)).toEqual(WITHOUT_DRY_RUN);
  for (const [operation, documented] of others) {
    for (const example of exampleNames(documented)) {
      const send = await prepare(operation, documented, example);
      const answer = await withoutChange(paydesk, () => send({ 'dry-run': 'true' }));
      expect(answer, operation).toMatchObject({ status: 400, body: { errors: [{ field: 'Dry-Run' }] } });
    }
  }
});

function hasDryRun({ parameters }: Documented): boolean {
  return parameters.some(({ name }) => name === 'Dry-Run');
}
