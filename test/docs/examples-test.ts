import { SCOPES } from '#core/scope.js';
import { idOf } from '#stripe/id-of.js';
import type { Answer, Caller } from '../support/caller.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest, type PaydeskTestOptions } from '../support/paydesk-test.js';
import { saveCard } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

/** An operation in the OpenAPI document. */
export interface Documented {
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters: { name: string; in: string; required: boolean; schema: { example?: string } }[];
  requestBody?: { content: { 'application/json': { examples?: Record<string, { value: object }> } } };
  responses: Record<string, unknown>;
}

/** Sends the request of an example; a repetition sends the same. */
export type SendExample = (headers?: Record<string, string>) => Promise<Answer>;

type Callers = Record<'user' | 'partner' | 'service', Caller>;

const USER = 'user-42';
/** A real object for each id in the examples of an operation: `kind` of the id -> who makes one. */
function makersOfIds(
  paydesk: Paydesk,
  callers: Callers,
): Record<string, Record<string, () => Promise<string>>> {
  async function checkout(path: string, body: object): Promise<{ paymentID: string; redirectToUrl: string }> {
    return (await callers.service.post(path, { ...redirects, ...body })).body;
  }

  async function paidCheckout(path: string, body: object): Promise<string> {
    const { paymentID, redirectToUrl } = await checkout(path, body);
    await payOnPage(redirectToUrl);
    return paymentID;
  }

  function partnerCard(): Promise<string> {
    return saveCard(paydesk, callers.partner, USER);
  }

  async function chargedPayment(body: object = {}): Promise<string> {
    const card = await saveCard(paydesk, callers.partner, USER);
    const { headers } = await callers.partner.post(`/partners/user/${USER}/payment_intent`, {
      amount: '500',
      description: 'x',
      stripe_payment_method_id: card,
      ...body,
    });
    return headers.get('location')?.split('/').at(-1) ?? '';
  }

  async function newKey(): Promise<string> {
    const key = { kind: 'service', name: 'crm', scopes: ['customers:read'] };
    return (await callers.service.post('/admin/keys', key)).body.id;
  }

  async function newEndpoint(): Promise<string> {
    const endpoint = { url: 'https://receiver.example/' };
    return (await callers.partner.post('/notification-endpoints', endpoint)).body.id;
  }

  async function newNotification(): Promise<string> {
    const path = `/notification-endpoints/${await newEndpoint()}/test`;
    return (await callers.partner.post(path)).body.notificationId;
  }

  /** An operation that needs a review. */
  async function reviewed(): Promise<string> {
    const card = await saveCard(paydesk, callers.partner, USER);
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/payment_intents',
      kinds: ['refuse'],
      times: 1,
      error: { status: 400, type: 'invalid_request_error', code: 'approval_required' },
    });
    const body = { amount: '500', description: 'x', stripe_payment_method_id: card };
    const refused = await callers.partner.post(`/partners/user/${USER}/payment_intent`, body);
    return refused.body.operationId;
  }

  async function price(): Promise<string> {
    const { id } = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      product_data: { name: 'Kept at Stripe' },
    });
    return id;
  }

  async function monthlyPrice(): Promise<string> {
    const { id } = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 700,
      recurring: { interval: 'month' },
      product_data: { name: 'Magazine' },
    });
    return id;
  }

  function authorized(): Promise<string> {
    return paidCheckout('/pay', { amount: '5.00', capture: 'manual' });
  }

  async function disputed(): Promise<string> {
    const { paymentID, redirectToUrl } = await checkout('/pay', { amount: '5.00' });
    await payOnPage(redirectToUrl, '4000000000000259');
    await callers.service.get(`/check?paymentID=${paymentID}`);
    const { disputes } = (await callers.service.get(`/pay/payments/${paymentID}`)).body;
    return disputes[0].disputeID;
  }

  function subscribed(): Promise<string> {
    return paidCheckout('/pay/recurrent', { amount: '5.00', interval: 'month' });
  }

  async function cancelled(): Promise<string> {
    const paymentID = await subscribed();
    await callers.service.post('/pay/recurrent/expire', { paymentID, cancelType: 'endOfPeriod' });
    return paymentID;
  }

  async function paused(): Promise<string> {
    const paymentID = await subscribed();
    await callers.service.post('/pay/recurrent/pause', { paymentID });
    return paymentID;
  }

  /** As the walk of Stripe's events finds it. */
  async function event(): Promise<string> {
    const { id } = await paydesk.stripe.customers.create({});
    await paydesk.stripe.customers.update(id, { name: 'Ann' });
    await paydesk.walkEvents();
    const { data } = await paydesk.stripe.events.list({ type: 'customer.updated', limit: 1 });
    return data[0]?.id ?? '';
  }

  async function userCard(): Promise<string> {
    const customer = await customerOfUser(paydesk, callers.user);
    return (await paydesk.stripe.paymentMethods.attach('pm_card_mastercard', { customer })).id;
  }

  async function userCharge(): Promise<string> {
    const customer = await customerOfUser(paydesk, callers.user);
    const { latest_charge: charge } = await paydesk.stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer,
      payment_method: await userCard(),
      allowed_payment_method_types: ['card'],
      confirm: true,
    });
    return idOf(charge) ?? '';
  }

  /** A Price that users may subscribe to, 1.00 USD more than the one before. */
  async function offeredPrice(): Promise<string> {
    await paydesk.stripe.products.create({ id: OFFERED_PRODUCT, name: 'Plan' }).catch(() => undefined);
    const { data } = await paydesk.stripe.prices.list({ product: OFFERED_PRODUCT, limit: 100 });
    const { id } = await paydesk.stripe.prices.create({
      product: OFFERED_PRODUCT,
      currency: 'usd',
      unit_amount: 500 + 100 * data.length,
      recurring: { interval: 'month' },
    });
    return id;
  }

  return {
    'post /subscriptions/subscribe': { price: offeredPrice },
    'get /subscriptions/preview-upgrade': { price: offeredPrice },
    'post /subscriptions/upgrade': { price: offeredPrice },
    'delete /payments/payment-methods/{id}': { pm: userCard },
    'put /payments/payment-methods/{id}/default': { pm: userCard },
    'get /payments/receipts/{chargeId}': { ch: userCharge },
    'post /partners/user/{user_id}/payment_intent': { pm: () => saveCard(paydesk, callers.partner, USER) },
    'get /partners/user/{user_id}/payments/{id}': { pi: () => chargedPayment() },
    'delete /partners/user/{user_id}/payment_methods/{id}': { pm: partnerCard },
    'put /partners/user/{user_id}/payment_methods/{id}/default': { pm: partnerCard },
    'post /partners/user/{user_id}/payments/{id}/capture': {
      pi: () => chargedPayment({ amount: '2000', capture: 'manual' }),
    },
    'post /partners/user/{user_id}/payments/{id}/cancel': { pi: () => chargedPayment({ capture: 'manual' }) },
    'post /partners/user/{user_id}/payments/{id}/refund': { pi: () => chargedPayment() },
    'post /pay': {
      price,
      prod: async () => (await paydesk.stripe.products.create({ name: 'Kept at Stripe' })).id,
    },
    'post /pay/expire': { cs: async () => (await checkout('/pay', { amount: '5.00' })).paymentID },
    'post /pay/recurrent/expire': { cs: subscribed },
    'post /pay/recurrent/change': { cs: subscribed, price: monthlyPrice },
    'post /pay/recurrent/change-preview': { cs: subscribed, price: monthlyPrice },
    'post /pay/recurrent/resume': { cs: cancelled },
    'post /pay/recurrent/pause': { cs: subscribed },
    'post /pay/recurrent/unpause': { cs: paused },
    'post /pay/confirm': { cs: authorized },
    'post /pay/void': { cs: authorized },
    'post /refund': { cs: () => paidCheckout('/pay', { amount: '5.00' }) },
    'get /disputes/{id}': { du: disputed },
    'post /disputes/{id}/evidence': { du: disputed },
    'post /disputes/{id}/accept': { du: disputed },
    'get /pay/payments/{paymentID}': { cs: () => paidCheckout('/pay', { amount: '5.00' }) },
    'get /pay/subscriptions/{id}': {
      sub: async () => (await checkout('/pay/recurrent', { amount: '5.00', interval: 'month' })).paymentID,
    },
    'get /check': { cs: () => paidCheckout('/pay', { amount: '5.00' }) },
    'get /status': { cs: () => paidCheckout('/pay', { amount: '5.00' }) },
    'get /admin/keys/{id}': { key: newKey },
    'patch /admin/keys/{id}': { key: newKey },
    'post /admin/keys/{id}/revoke': { key: newKey },
    'post /admin/keys/{id}/rotate': { key: newKey },
    'post /admin/reviews/{id}/close': { key: reviewed },
    'get /notifications/{id}': { key: newNotification },
    'get /notification-endpoints/{id}': { key: newEndpoint },
    'patch /notification-endpoints/{id}': { key: newEndpoint },
    'delete /notification-endpoints/{id}': { key: newEndpoint },
    'post /notification-endpoints/{id}/rotate-secret': { key: newEndpoint },
    'post /notification-endpoints/{id}/test': { key: newEndpoint },
    'post /notification-endpoints/{id}/redeliver': { key: newEndpoint },
    'post /notifications/{id}/redeliver': { key: newNotification },
    'post /admin/events/{id}/retry': { evt: event },
    'put /customers/{user_id}': { cus: async () => (await paydesk.stripe.customers.create({})).id },
  };
}

const DOCUMENTED_ID =
  /\b(?:(pm|pi|ch|cs|sub|price|prod|cus|evt|du)_(test_)?[A-Za-z0-9]{13,}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})/g;

async function withRealIds(text: string, makers: Record<string, () => Promise<string>> = {}) {
  let real = text;
  for (const [id, kind = 'key'] of text.matchAll(DOCUMENTED_ID)) {
    const make = makers[kind];
    if (!make) throw new Error(`nothing stands for ${id}`);
    real = real.replace(id, await make());
  }
  return real;
}

/** Nobody listens there. */
const PAYMENT_CALLBACK_URL = 'http://127.0.0.1:9/';

const OFFERED_PRODUCT = 'prod_offered';
const SUBSCRIBABLE_PRICES = `product:${OFFERED_PRODUCT}`;

/** A `test` with the requests that the OpenAPI document shows as examples. Ids in them become those of real objects. */
export function examplesTest(options: Pick<PaydeskTestOptions, 'workerByHand'> = {}) {
  return (
    paydeskTest({ ...options, environment: { PAYMENT_CALLBACK_URL, SUBSCRIBABLE_PRICES } })
      .extend('callers', { scope: 'file' }, async ({ paydesk, partner }): Promise<Callers> => {
        const user = await paydesk.user(USER);
        await startSubscription(paydesk.stripe, {}, await customerOfUser(paydesk, user));
        return { user, partner, service: await paydesk.service('shop', { scopes: SCOPES }) };
      })
      /** All operations, as `method path` and what the document says. */
      .extend('operations', { scope: 'file' }, async ({ paydesk }) => {
        const { body: openApi } = await paydesk.stranger().get('/docs/openapi.json');
        return Object.entries<Record<string, Documented>>(openApi.paths).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, operation]): [string, Documented] => [
            `${method} ${path}`,
            operation,
          ]),
        );
      })
      /** Makes the objects that a request needs. */
      .extend('prepare', ({ paydesk, callers }) => {
        return async (operation: string, documented: Documented, name: string): Promise<SendExample> => {
          // Linking wants a user who has no customer yet.
          const userId = operation.startsWith('put') && name === 'link' ? 'user-43' : USER;
          const [method = '', template = ''] = operation.split(' ');
          const [kind] = Object.keys(documented.security?.[0] ?? {}) as (keyof Callers)[];
          const url = new URL(template, 'http://paydesk');
          let path = template;
          for (const { name: parameter, in: place, schema } of documented.parameters) {
            if (place === 'header' || schema.example === undefined) continue;
            const value = parameter === 'user_id' ? userId : schema.example;
            if (place === 'path') path = path.replace(`{${parameter}}`, value);
            else url.searchParams.set(parameter, value);
          }
          const makers = makersOfIds(paydesk, callers)[operation];
          const target = await withRealIds(path + url.search, makers);
          const caller = kind ? callers[kind] : paydesk.stranger();
          if (method === 'get') return (headers) => caller.get(target, headers);
          const example = documented.requestBody?.content['application/json'].examples?.[name]?.value;
          const body = example && JSON.parse(await withRealIds(JSON.stringify(example), makers));
          return (headers) => caller[method as 'post' | 'put' | 'patch' | 'delete'](target, body, headers);
        };
      })
  );
}

/** The names of an operation's examples; one without a name for an operation without a body. */
export function exampleNames({ requestBody }: Documented): string[] {
  return Object.keys(requestBody?.content['application/json'].examples ?? { '': undefined });
}
