import { expect, it } from 'vitest';
import { endpointOf } from './endpoint.js';

it.each([
  ['GET', '/v1/payment_intents/pi_1', 'GET /v1/payment_intents/{id}'],
  ['POST', '/v1/payment_intents', 'POST /v1/payment_intents'],
  ['GET', '/v1/payment_intents?customer=cus_1', 'GET /v1/payment_intents'],
  ['GET', '/v1/checkout/sessions/cs_1', 'GET /v1/checkout/sessions/{id}'],
  ['POST', '/v1/checkout/sessions', 'POST /v1/checkout/sessions'],
  ['POST', '/v1/checkout/sessions/cs_1/expire', 'POST /v1/checkout/sessions/{id}/expire'],
  ['GET', '/v1/customers/cus_1/payment_methods?type=card', 'GET /v1/customers/{id}/payment_methods'],
  ['GET', '/v1/prices/gold', 'GET /v1/prices/{id}'],
])('names the endpoint of %s %s', (method, path, endpoint) => {
  expect(endpointOf(method, path)).toBe(endpoint);
});
