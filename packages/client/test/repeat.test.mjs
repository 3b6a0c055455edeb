// Run by scripts/try-client.sh against the build.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { createPaydeskClient, verifyNotification } from '../dist/index.js';

const UNAVAILABLE = {
  type: 'urn:paydesk:unavailable',
  status: 503,
  title: '',
  detail: '',
  instance: '',
  retryable: true,
};
const DECLINED = { ...UNAVAILABLE, type: 'urn:paydesk:card-declined', status: 402, retryable: false };
const BODY = {
  amount: '3000',
  description: 'order',
  stripe_payment_method_id: 'pm_1TUvWxABCDEFGHIJKLMNOPQR',
};

/** A server that answers one request after the other as it is told, and what it got. */
async function serverOf(t, answers) {
  const requests = [];
  const answerNext = async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ key: request.headers['idempotency-key'], body });
    const answer = answers[requests.length - 1];
    if (answer === 'hang up') return request.socket.destroy();
    const type = answer.problem ? 'application/problem+json' : 'application/json';
    response.writeHead(answer.status, { 'content-type': type, 'retry-after': '0' });
    return response.end(JSON.stringify(answer.problem ?? {}));
  };
  const server = createServer((request, response) => void answerNext(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  t.after(() => server.close());
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  return { requests, client: createPaydeskClient({ baseUrl, credential: 'key' }) };
}

const charge = (client, header = {}) =>
  client.POST('/partners/user/{user_id}/payment_intent', {
    params: { path: { user_id: 'bob' }, header },
    body: BODY,
  });

void test('a charge is repeated with the same key and body', async (t) => {
  const { client, requests } = await serverOf(t, [
    'hang up',
    { status: 503, problem: UNAVAILABLE },
    { status: 201 },
  ]);
  const { response } = await charge(client);
  assert.equal(response.status, 201);
  assert.equal(requests.length, 3);
  assert.match(requests[0].key, /^[\w-]{36}$/);
  assert.equal(new Set(requests.map(({ key }) => key)).size, 1);
  assert.deepEqual(
    requests.map(({ body }) => JSON.parse(body)),
    [BODY, BODY, BODY],
  );
});

void test('two charges have different keys, and a key of the caller is kept', async (t) => {
  const { client, requests } = await serverOf(t, [{ status: 201 }, { status: 201 }, { status: 201 }]);
  await charge(client);
  await charge(client);
  await charge(client, { 'Idempotency-Key': 'order-1001' });
  assert.equal(new Set(requests.map(({ key }) => key)).size, 3);
  assert.equal(requests[2].key, 'order-1001');
});

void test('a refusal is not repeated', async (t) => {
  const { client, requests } = await serverOf(t, [{ status: 402, problem: DECLINED }]);
  const { error } = await charge(client);
  assert.equal(error.type, 'urn:paydesk:card-declined');
  assert.equal(requests.length, 1);
});

void test('what has no key is not sent twice', async (t) => {
  const { client, requests } = await serverOf(t, ['hang up']);
  await assert.rejects(client.POST('/notification-endpoints', { body: { url: 'https://shop.example/' } }));
  assert.deepEqual(
    requests.map(({ key }) => key),
    [undefined],
  );
});

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
void test('a notification is verified', () => {
  const key = Buffer.alloc(32, 'client');
  const secret = `whsec_${key.toString('base64')}`;
  const body = '{"id":"1","type":"payment.succeeded"}';
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64');
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  assert.equal(verifyNotification(secret, Buffer.from(body), headers).type, 'payment.succeeded');
  assert.throws(() => verifyNotification(secret, body.replace('succeeded', 'failed'), headers));
});
