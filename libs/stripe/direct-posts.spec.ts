import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBoundedHttpClient } from './bounded-http-client.js';
import { DirectPosts } from './direct-posts.js';
import { createStripeClient } from './stripe-client.js';
import { StripeConnection } from './stripe-connection.js';

type Reply = (response: ServerResponse) => void;

interface SentRequest {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

const PATH = '/v1/payment_intents';
const OBJECT = { id: 'pi_1', object: 'payment_intent' };
const ok: Reply = (response) => response.setHeader('Request-Id', 'req_1').end(JSON.stringify(OBJECT));
const refuse =
  (status: number, error: object, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'Request-Id': 'req_2', ...headers }).end(JSON.stringify({ error }));
const cutOff: Reply = (response) => {
  response.writeHead(200, { 'Content-Length': 100 }).write('{"id":');
  setImmediate(() => response.destroy());
};

/** A Stripe that gives `replies` in turn, and then succeeds, and what sends POSTs to it. The first of them has been sent. */
async function stripeWith(...replies: Reply[]) {
  const sent: SentRequest[] = [];
  const server = createServer((request, response) => {
    const answer = async () => {
      const { method, url, headers } = request;
      sent.push({ method, url, headers, body: await text(request) });
      (sent.length > 1 ? (replies.shift() ?? ok) : ok)(response);
    };
    void answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const connection = new StripeConnection('sk_test_example', `http://127.0.0.1:${port}`);
  const posts = new DirectPosts(connection, createBoundedHttpClient());
  await posts.send(PATH, {}, 'first');
  const later = () => sent.slice(1);
  return { sent: later, posts, stripe: createStripeClient(connection) };
}

/** Of another connection and another HTTP client. */
const OF_THE_CLIENT = new Set(['connection', 'x-stripe-client-user-agent']);
const sentForm = ({ body }: SentRequest) => Object.fromEntries(new URLSearchParams(body));
const comparable = ({ headers }: SentRequest) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CLIENT.has(name)));

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 3 }),
  ),
}));

describe('a POST', () => {
  it('is the one that stripe-node would send', async () => {
    const { sent, posts, stripe } = await stripeWith();
    const params = {
      amount: 500,
      metadata: { 'a b&c[]': "é*!'()~" },
      expand: ['latest_charge'],
      description: undefined,
    };
    await posts.send(PATH, params, 'key');
    await stripe.rawRequest('POST', PATH, params, { idempotencyKey: 'key' });
    const [direct, ofStripeNode] = sent() as [SentRequest, SentRequest];
    expect(direct).toMatchObject({ method: 'POST', url: PATH, headers: { 'idempotency-key': 'key' } });
    expect(Object.keys(direct.headers).toSorted()).toEqual(Object.keys(ofStripeNode.headers).toSorted());
    const { 'content-length': length, ...headers } = comparable(direct);
    expect(comparable(ofStripeNode)).toMatchObject(headers);
    expect(length).toBe(String(Buffer.byteLength(direct.body)));
  });

  it('has the parameters that stripe-node would send', async () => {
    const { sent, posts, stripe } = await stripeWith();
    const params = fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(params, async (given) => {
        await posts.send(PATH, given, 'key');
        await stripe.rawRequest('POST', PATH, given, { idempotencyKey: 'key' });
        const [direct, ofStripeNode] = sent().slice(-2) as [SentRequest, SentRequest];
        expect(sentForm(direct)).toEqual(sentForm(ofStripeNode));
      }),
    );
  });

  it('returns the object and the id of the call', async () => {
    const { sent, posts } = await stripeWith();
    expect(await posts.send(PATH, {}, 'key')).toMatchObject({
      ...OBJECT,
      lastResponse: { requestId: 'req_1' },
    });
    expect(sent()).toHaveLength(1);
  });
});

describe('a failure', () => {
  it('is the error of stripe-node, and is not sent again', async () => {
    const { sent, posts } = await stripeWith(
      refuse(402, { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' }),
    );
    const failure = await posts.send(PATH, {}, 'key').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(failure).toMatchObject({ statusCode: 402, decline_code: 'lost_card', requestId: 'req_2' });
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['a 500', refuse(500, { type: 'api_error' })],
    ['a conflict', refuse(409, { type: 'idempotency_error' })],
    ['what Stripe asks to repeat', refuse(400, {}, { 'Stripe-Should-Retry': 'true' })],
    ['a connection that is closed', (response: ServerResponse) => void response.destroy()],
  ])('is sent again by stripe-node after %s, under the same key', async (_, reply) => {
    const { sent, posts } = await stripeWith(reply);
    expect(await posts.send(PATH, { amount: 1 }, 'key')).toMatchObject(OBJECT);
    expect(sent().map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
      ['key', 'amount=1'],
      ['key', 'amount=1'],
    ]);
  });

  it('is sent twice at most', async () => {
    const failing = refuse(500, { type: 'api_error' });
    const { sent, posts } = await stripeWith(failing, failing, failing);
    await expect(posts.send(PATH, {}, 'key')).rejects.toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(sent()).toHaveLength(2);
  });

  it.each([
    ['is cut off', cutOff, Stripe.errors.StripeConnectionError],
    ['is not JSON', (response: ServerResponse) => response.end('<html>'), Stripe.errors.StripeAPIError],
    ['has an error in spite of its status', refuse(200, { type: 'api_error' }), Stripe.errors.StripeAPIError],
  ])('is the error of stripe-node if the response %s', async (_, reply, type) => {
    const { sent, posts } = await stripeWith(reply);
    await expect(posts.send(PATH, {}, 'key')).rejects.toBeInstanceOf(type);
    expect(sent()).toHaveLength(1);
  });
});
