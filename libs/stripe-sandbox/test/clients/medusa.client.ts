import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { Sandbox } from '../../create-sandbox.js';
import { clientOf, TEST_KEY } from '../support.js';
import { openReceiver } from '../receiver.js';
import { installedStripe, loadPackage, openSandbox } from './clients.js';

interface Payment {
  id: string;
  status: string;
  data: Stripe.PaymentIntent;
}

interface PaymentProvider {
  createAccountHolder(input: object): Promise<{ id: string; data: object }>;
  initiatePayment(input: object): Promise<Payment>;
  authorizePayment(input: object): Promise<Payment>;
  updatePayment(input: object): Promise<Payment>;
  capturePayment(input: object): Promise<{ data: Stripe.PaymentIntent }>;
  refundPayment(input: object): Promise<unknown>;
  cancelPayment(input: object): Promise<{ data: Stripe.PaymentIntent }>;
  retrievePayment(input: object): Promise<{ data: Stripe.PaymentIntent }>;
  savePaymentMethod(input: object): Promise<{ id: string }>;
  listPaymentMethods(input: object): Promise<{ id: string }[]>;
  getWebhookActionAndData(input: object): Promise<object>;
}

interface Module {
  services: (new (container: object, options: object) => PaymentProvider)[];
}

/** Medusa's provider, as its server opens it. It brings a stripe-node of its own, of another version. */
async function openProvider(sandbox: Sandbox, options: object = {}) {
  const { default: module } = await loadPackage<{ default: Module }>('@medusajs/payment-stripe');
  const Provider = module.services.find(
    (each) => (each as unknown as { identifier: string }).identifier === 'stripe',
  )!;
  const { webhookSecret } = sandbox;
  const provider = new Provider({}, { apiKey: TEST_KEY, webhookSecret, ...options });
  Object.assign(provider, { stripe_: await installedStripe(sandbox, {}, '@medusajs/payment-stripe') });
  const account_holder = await provider.createAccountHolder({
    context: { customer: { email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' } },
  });
  return { provider, context: { account_holder } };
}

test('authorizes, captures and refunds a payment, and learns of it by webhooks', async () => {
  const receiver = await openReceiver();
  const { sandbox } = await openSandbox({ webhook: { url: receiver.url } });
  const stripe = clientOf(sandbox);
  const { provider, context } = await openProvider(sandbox, { capture: false });
  const started = await provider.initiatePayment({
    amount: 25,
    currency_code: 'usd',
    data: { session_id: 'payses_1' },
    context: { ...context, idempotency_key: 'payses_1' },
  });
  expect(started).toMatchObject({ status: 'pending', data: { amount: 2500, capture_method: 'manual' } });
  const updated = await provider.updatePayment({
    amount: 30,
    currency_code: 'usd',
    data: started.data,
    context,
  });
  expect(updated.data.amount).toBe(3000);

  // The shop's page confirms with Stripe.js.
  await stripe.paymentIntents.confirm(started.id, {
    payment_method: 'pm_card_visa',
    return_url: 'https://shop.example/done',
  });
  const { data, status } = await provider.authorizePayment({ data: started.data });
  expect(status).toBe('authorized');
  expect((await provider.capturePayment({ data, context })).data.status).toBe('succeeded');
  expect((await provider.capturePayment({ data, context: {} })).data.status).toBe('succeeded');
  await provider.refundPayment({ amount: 10, data, context });
  await provider.refundPayment({ amount: 20, data, context });
  const charge = await stripe.charges.retrieve(data.latest_charge as string);
  expect(charge).toMatchObject({ amount_refunded: 3000, refunded: true });
  expect((await provider.retrievePayment({ data })).data.amount).toBe(30);

  await sandbox.webhooks.flush();
  const actions = await Promise.all(
    receiver.received.map(({ body, headers }) =>
      provider.getWebhookActionAndData({ rawData: body, headers, data: {} }),
    ),
  );
  const amount = expect.anything() as unknown;
  expect(actions.filter((each) => (each as { action: string }).action !== 'not_supported')).toEqual([
    { action: 'pending', data: { session_id: 'payses_1', amount } },
    { action: 'authorized', data: { session_id: 'payses_1', amount } },
    { action: 'captured', data: { session_id: 'payses_1', amount } },
  ]);
});

test('cancels a payment, and reports a decline', async () => {
  const { sandbox } = await openSandbox();
  const { provider, context } = await openProvider(sandbox, { capture: true });
  const initiate = (data: object) =>
    provider.initiatePayment({ amount: 10, currency_code: 'eur', data, context });
  const canceled = await initiate({ session_id: 'payses_2' });
  expect((await provider.cancelPayment({ data: canceled.data, context })).data.status).toBe('canceled');
  expect((await provider.cancelPayment({ data: canceled.data, context })).data.status).toBe('canceled');
  const declined = await initiate({
    session_id: 'payses_3',
    payment_method: 'pm_card_chargeDeclined',
    confirm: true,
    return_url: 'https://shop.example/done',
  });
  expect(declined.status).toBe('error');
  const challenged = await initiate({
    session_id: 'payses_4',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: 'https://shop.example/done',
  });
  expect(challenged.status).toBe('requires_more');
});

test('saves and lists payment methods', async () => {
  const { sandbox } = await openSandbox();
  const { provider, context } = await openProvider(sandbox);
  const { id } = await provider.savePaymentMethod({ context, data: {} });
  const confirmed = await clientOf(sandbox).setupIntents.confirm(id, {
    payment_method: 'pm_card_visa',
    return_url: 'https://shop.example/done',
  });
  expect(await provider.listPaymentMethods({ context })).toMatchObject([{ id: confirmed.payment_method }]);
});
