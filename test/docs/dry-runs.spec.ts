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
const CALL = {
  method: expect.any(String),
  path: expect.stringMatching(/^\/v1\//),
  params: expect.anything(),
};

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
      const { status, body, headers } = tried;
      expect({ name, status, body, usedKey: headers.get('idempotency-key') }).toEqual({
        name,
        status: 200,
        body: { dryRun: true, wouldSend: expect.arrayContaining([CALL]) },
        usedKey: null,
      });
      expect(JSON.stringify(body)).not.toMatch(SECRET);
      const done = await send(key);
      expect({ name, status: done.status, replayed: done.headers.get('idempotent-replayed') }).toEqual({
        name,
        status: expect.toSatisfy((code: number) => code >= 200 && code < 300),
        replayed: null,
      });
    }
  }
});

it('any other route refuses the header', async ({ paydesk, operations, prepare }) => {
  const others = operations.filter(
    ([name, one]) => !name.startsWith('get ') && !SETTINGS.test(name) && !hasDryRun(one),
  );
  expect(others.map(([name]) => name)).toEqual(WITHOUT_DRY_RUN);
  for (const [name, documented] of others) {
    for (const example of exampleNames(documented)) {
      const send = await prepare(name, documented, example);
      const { status, body } = await withoutChange(paydesk, () => send({ 'dry-run': 'true' }));
      const errors = [expect.objectContaining({ field: 'Dry-Run' })];
      expect({ name, status, errors: body.errors }).toEqual({ name, status: 400, errors });
    }
  }
});

function hasDryRun({ parameters }: Documented): boolean {
  return parameters.some(({ name }) => name === 'Dry-Run');
}
