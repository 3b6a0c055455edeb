import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { announce } from './announce.js';

/** A PaymentIntent that was charged, with the expanded Charge and BalanceTransaction. */
const intent = JSON.parse(
  readFileSync(new URL('../fixtures/payment-intent.json', import.meta.url), 'utf8'),
) as { latest_charge: { id: string; balance_transaction: unknown } };

const HISTORY_LENGTH = 10;
const HEADERS = { 'Content-Type': 'application/json', 'Request-Id': 'req_bench' };
const EMPTY_LIST = JSON.stringify({ object: 'list', data: [], has_more: false, url: '/v1/events' });

/** Stripe's JSON is indented. Each answer gets ids of its own, as payments of the same id would be the same payment. */
const charged = template({
  ...intent,
  latest_charge: { ...intent.latest_charge, balance_transaction: 'txn_ID' },
});
const chargedAndExpanded = template(intent);
const history = JSON.stringify(
  {
    object: 'list',
    data: Array.from({ length: HISTORY_LENGTH }, (_, index) => ({
      ...intent.latest_charge,
      id: `ch_${index}`,
      balance_transaction: `txn_${index}`,
    })),
    has_more: false,
    url: '/v1/charges',
  },
  null,
  2,
);

const delayMs = Number(process.env['STUB_DELAY_MS'] ?? 0);
const jwks = process.env['STUB_JWKS'] ?? '{"keys":[]}';
let intents = 0;

/** A static Stripe: it answers the calls of the benchmark with always the same objects. Also an identity provider's keys. */
const server = createServer((request, response) => {
  if (request.method === 'GET') answer(response, bodyOfRead(request.url ?? ''));
  else readBody(request, (body) => answer(response, bodyOfCharge(body)));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => announce(server));

function bodyOfRead(url: string): string {
  if (url === '/jwks') return jwks;
  return url.startsWith('/v1/charges') ? history : EMPTY_LIST;
}

function bodyOfCharge(form: string): string {
  intents += 1;
  const [, customer = 'cus_1'] = /customer=(\w+)/.exec(form) ?? [];
  const parts = form.includes('expand') ? chargedAndExpanded : charged;
  return parts.map((part) => (part === 'cus_ID' ? customer : part.replace('_ID', `_${intents}`))).join('');
}

/** Split around the ids, which are at odd indexes. */
function template(value: object): string[] {
  return JSON.stringify(value, null, 2).split(/((?:pi|ch|txn|cus)_ID)/);
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => done(body));
}

function answer(response: ServerResponse, body: string): void {
  const send = () => {
    response.writeHead(200, { ...HEADERS, 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  };
  if (delayMs > 0) setTimeout(send, delayMs);
  else send();
}
