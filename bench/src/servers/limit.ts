import { createServer, type ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { announce } from '../announce.js';
import { cardOf, customerOf } from '../users.js';
import { apiKey, STRIPE_URL, userByToken } from './environment.js';

/**
 * The least that a Node process has to do: read the request, call Stripe, shape the answer. No framework, no SDK, no
 * validation, no log.
 */
const stripe = new Pool(STRIPE_URL.origin, { connections: 64 });
const STRIPE_HEADERS = {
  authorization: 'Bearer sk_test_bench',
  'content-type': 'application/x-www-form-urlencoded',
};

interface Charge {
  id: string;
  amount: number;
  currency: string;
  status: string;
  description: string;
  created: number;
  receipt_url: string;
}

const server = createServer((request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  if (request.method === 'GET') return void history(userByToken[token] ?? '', response);
  if (token !== apiKey) return void response.writeHead(401).end();
  const [, , , user = ''] = request.url?.split('/') ?? [];
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => void charge(user, body, String(request.headers['idempotency-key']), response));
});
server.listen(0, '127.0.0.1', () => announce(server));

async function charge(user: string, text: string, key: string, response: ServerResponse): Promise<void> {
  const { amount, description } = JSON.parse(text) as { amount: string; description: string };
  const form = new URLSearchParams({
    amount,
    currency: 'usd',
    customer: customerOf(user),
    payment_method: cardOf(user),
    description,
    confirm: 'true',
    off_session: 'true',
  });
  const { body } = await stripe.request({
    method: 'POST',
    path: '/v1/payment_intents',
    headers: { ...STRIPE_HEADERS, 'idempotency-key': key },
    body: form.toString(),
  });
  const { id } = (await body.json()) as { id: string };
  send(response, 201, { id });
}

async function history(user: string, response: ServerResponse): Promise<void> {
  const { body } = await stripe.request({
    method: 'GET',
    path: `/v1/charges?customer=${customerOf(user)}&limit=10`,
    headers: STRIPE_HEADERS,
  });
  const { data, has_more: hasMore } = (await body.json()) as { data: Charge[]; has_more: boolean };
  const items = data.map(
    ({ id, amount, currency, status, description, created, receipt_url: receiptUrl }) => ({
      id,
      amount,
      currency,
      status,
      description,
      created: new Date(created * 1000).toISOString(),
      receiptUrl,
    }),
  );
  send(response, 200, { data: items, hasMore });
}

function send(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
