import type Stripe from 'stripe';
import { describe, expect, onTestFinished, vi } from 'vitest';
import type { SandboxOptions } from '../create-sandbox.js';
import { Journal, JournalError } from '../store/journal.js';
import { leftBehind, temporaryFolder } from './folders.js';
import { openReceiver } from './receiver.js';
import { failureOf, openBench, test } from './support.js';

const HOUR_MS = 60 * 60 * 1000;

/** A sandbox that tells a receiver of every event. */
async function openHook(options: Omit<SandboxOptions, 'clock'> = {}) {
  const receiver = await openReceiver();
  const bench = await openBench({ ...options, webhook: { url: receiver.url } });
  const { webhooks, webhookSecret } = bench.sandbox;
  const told = () => receiver.events(webhookSecret!).map(({ type }) => type);
  const createCustomers = async (count: number) => {
    for (let made = 0; made < count; made++) await bench.stripe.customers.create();
  };
  return { ...bench, receiver, webhooks, told, createCustomers };
}

describe('an endpoint', () => {
  const settings: Stripe.WebhookEndpointCreateParams = {
    url: 'https://example.com/hook',
    enabled_events: ['charge.failed', 'charge.succeeded'],
    metadata: { a: '1' },
  };

  test('shows its secret when it is created, and never again', async ({ stripe }) => {
    const created = await stripe.webhookEndpoints.create(settings);
    expect(created).toMatchObject({
      ...settings,
      id: expect.stringMatching(/^we_1[A-Za-z0-9]{23}$/),
      object: 'webhook_endpoint',
      api_version: null,
      application: null,
      description: null,
      livemode: false,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9]{32}$/),
      status: 'enabled',
    });
    const retrieved = await stripe.webhookEndpoints.retrieve(created.id);
    expect(retrieved).not.toHaveProperty('secret');
    expect((await stripe.webhookEndpoints.list()).data).toEqual([retrieved]);
  });

  test('can be changed, disabled and deleted', async ({ stripe }) => {
    const { id } = await stripe.webhookEndpoints.create(settings);
    const changed = await stripe.webhookEndpoints.update(id, { disabled: true, description: 'ours' });
    expect(changed).toMatchObject({ ...settings, status: 'disabled', description: 'ours' });
    expect((await stripe.webhookEndpoints.update(id, { disabled: false })).status).toBe('enabled');
    expect(await stripe.webhookEndpoints.del(id)).toEqual({ id, object: 'webhook_endpoint', deleted: true });
    expect(await failureOf(stripe.webhookEndpoints.retrieve(id))).toMatchObject({ statusCode: 404 });
  });

  test('needs a URL', async ({ stripe }) => {
    const failure = await failureOf(stripe.webhookEndpoints.create({ ...settings, url: 'here' }));
    expect(failure).toMatchObject({ statusCode: 400, code: 'url_invalid', param: 'url' });
  });

  test('can only enable events that exist', async ({ stripe }) => {
    const enabled_events = ['charge.failed' as const, 'charge.exploded' as 'charge.failed'];
    const failure = await failureOf(stripe.webhookEndpoints.create({ ...settings, enabled_events }));
    expect(failure).toMatchObject({ statusCode: 400, param: 'enabled_events[1]' });
  });

  // https://docs.stripe.com/webhooks#register-webhook
  test('cannot be created if there are sixteen', async ({ stripe }) => {
    for (let made = 0; made < 16; made++) await stripe.webhookEndpoints.create(settings);
    const failure = await failureOf(stripe.webhookEndpoints.create(settings));
    expect(failure.message).toBe('You have reached the maximum of 16 test webhook endpoints.');
  });
});

test('an event is delivered, signed with the whole secret', async () => {
  const { stripe, sandbox, receiver, webhooks } = await openHook();
  const { id } = await stripe.customers.create();
  await webhooks.deliverDue();
  const [event] = receiver.events(sandbox.webhookSecret!);
  expect(event).toMatchObject({ type: 'customer.created', data: { object: { id } }, pending_webhooks: 1 });
  expect(await stripe.events.retrieve(event!.id)).toEqual({ ...event, pending_webhooks: 0 });
  expect(() => receiver.events('whsec_other')).toThrow('No signatures found');
});

test('an enabled endpoint receives its enabled events', async ({ stripe, sandbox }) => {
  const receiver = await openReceiver();
  const { id, secret } = await stripe.webhookEndpoints.create({
    url: receiver.url,
    enabled_events: ['customer.updated'],
    api_version: '2025-09-30.clover',
  });
  const change = async () => {
    const customer = await stripe.customers.create();
    await stripe.customers.update(customer.id, { name: 'Ada' });
    await sandbox.webhooks.deliverDue();
  };
  await change();
  await stripe.webhookEndpoints.update(id, { disabled: true });
  await change();
  expect(receiver.events(secret!)).toMatchObject([
    { type: 'customer.updated', api_version: '2025-09-30.clover' },
  ]);
});

// Source: https://docs.stripe.com/webhooks#retries.
test('a failed delivery is retried three times over a few hours', async () => {
  const { stripe, clock, receiver, webhooks, createCustomers } = await openHook();
  receiver.answer = 500;
  await createCustomers(1);
  await webhooks.deliverDue();
  await webhooks.deliverDue();
  expect(receiver.received).toHaveLength(1);
  for (let hour = 0; hour < 12; hour++) {
    clock.advanceMs(HOUR_MS / 2);
    await webhooks.deliverDue();
  }
  expect(receiver.received).toHaveLength(4);
  expect(webhooks.pending()).toEqual([]);
  expect((await stripe.events.list({ delivery_success: false })).data).toMatchObject([
    { pending_webhooks: 1 },
  ]);
});

test.for([302, 400])('a response %i is a failure, and is retried', async (status) => {
  const { clock, stripe, receiver, webhooks, createCustomers } = await openHook();
  receiver.answer = status;
  await createCustomers(1);
  await webhooks.deliverDue();
  expect(webhooks.pending()).toMatchObject([{ attempts: 1 }]);
  receiver.answer = 204;
  clock.advanceMs(HOUR_MS);
  await webhooks.deliverDue();
  expect(webhooks.pending()).toEqual([]);
  expect((await stripe.events.list()).data).toMatchObject([{ pending_webhooks: 0 }]);
});

test('pauses an endpoint if the result of an attempt cannot be stored', async () => {
  const { clock, receiver, webhooks, createCustomers } = await openHook({ dataDir: temporaryFolder() });
  webhooks.setBehaviour({ hold: true });
  await createCustomers(1);
  const append = vi.spyOn(Journal.prototype, 'append').mockImplementation(() => {
    throw new JournalError('no room left');
  });
  onTestFinished(() => append.mockRestore());
  webhooks.setBehaviour({});
  for (let tick = 0; tick < 3; tick++) await webhooks.deliverDue();
  expect(receiver.received).toHaveLength(1);
  append.mockRestore();
  clock.advanceMs(5 * 60_000);
  await webhooks.deliverDue();
  expect(receiver.received).toHaveLength(2);
  expect(webhooks.pending()).toEqual([]);
});

test('a response after the timeout is a failure', async () => {
  const { receiver, webhooks, createCustomers } = await openHook();
  webhooks.setBehaviour({ timeoutMs: 1000 });
  receiver.answer = null;
  await createCustomers(1);
  await webhooks.deliverDue();
  expect(receiver.received).toHaveLength(1);
  expect(webhooks.pending()).toMatchObject([{ attempts: 1 }]);
});

test('an endpoint that does not respond does not delay the others', async () => {
  const { stripe, receiver, sandbox, told, createCustomers } = await openHook();
  const silent = await openReceiver();
  silent.answer = null;
  await stripe.webhookEndpoints.create({ url: silent.url, enabled_events: ['*'] });
  await createCustomers(1);
  await expect.poll(() => silent.received).toHaveLength(1);
  await createCustomers(2);
  await expect.poll(() => receiver.received).toHaveLength(3);
  expect(told()).toEqual(['customer.created', 'customer.created', 'customer.created']);
  expect(silent.received).toHaveLength(1);
  await expect.poll(() => sandbox.webhooks.pending()).toHaveLength(3);
});

test('a deleted endpoint receives nothing more', async () => {
  const { stripe, webhooks, receiver, createCustomers } = await openHook();
  webhooks.setBehaviour({ hold: true });
  await createCustomers(1);
  const [endpoint] = (await stripe.webhookEndpoints.list()).data;
  await stripe.webhookEndpoints.del(endpoint!.id);
  expect(webhooks.pending()).toEqual([]);
  await webhooks.flush();
  expect(receiver.received).toEqual([]);
});

test('an endpoint never receives the events from while it was disabled', async () => {
  const { stripe, clock, receiver, webhooks, createCustomers } = await openHook();
  receiver.answer = 500;
  await createCustomers(1);
  await webhooks.deliverDue();
  const [endpoint] = (await stripe.webhookEndpoints.list()).data;
  await stripe.webhookEndpoints.update(endpoint!.id, { disabled: true });
  clock.advanceMs(HOUR_MS);
  await webhooks.deliverDue();
  expect(receiver.received).toHaveLength(1);
  expect(webhooks.pending()).toEqual([]);
});

describe('delivery faults', () => {
  test('drop events', async () => {
    const { webhooks, told, createCustomers } = await openHook();
    webhooks.setBehaviour({ dropShare: 1 });
    await createCustomers(2);
    await webhooks.flush();
    expect(told()).toEqual([]);
    expect(webhooks.pending()).toEqual([]);
  });

  test('duplicate events', async () => {
    const { stripe, webhooks, receiver, sandbox, createCustomers } = await openHook();
    webhooks.setBehaviour({ duplicateShare: 1 });
    await createCustomers(1);
    await webhooks.deliverDue();
    const [one, other, ...more] = receiver.events(sandbox.webhookSecret!);
    expect(other!.id).toBe(one!.id);
    expect(more).toEqual([]);
    expect((await stripe.events.retrieve(one!.id)).pending_webhooks).toBe(0);
    receiver.answer = 500;
    await createCustomers(1);
    await webhooks.deliverDue();
    expect(receiver.received).toHaveLength(4);
    expect(webhooks.pending()).toMatchObject([{ attempts: 1 }]);
  });

  test('send each event one to five times, and copies apart from each other', async () => {
    const { webhooks, receiver, sandbox, createCustomers } = await openHook();
    webhooks.setBehaviour({ hold: true, copiesMax: 5, shuffle: true });
    await createCustomers(40);
    await webhooks.flush();
    const ids = receiver.events(sandbox.webhookSecret!).map(({ id }) => id);
    const copies = [...new Set(ids)].map((id) => ids.filter((other) => other === id).length);
    expect([...new Set(copies)].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(copies).toHaveLength(40);
    const neighbours = ids.filter((id, index) => id === ids[index + 1]).length;
    expect(neighbours).toBeLessThan(ids.length / 4);
    expect(webhooks.pending()).toEqual([]);
  });

  test('send several events at once', async () => {
    const { webhooks, receiver, createCustomers } = await openHook();
    receiver.answer = null;
    webhooks.setBehaviour({ hold: true, concurrency: 3, timeoutMs: HOUR_MS });
    await createCustomers(4);
    void webhooks.flush();
    // None of them is answered.
    await expect.poll(() => receiver.received).toHaveLength(3);
    expect(webhooks.pending()).toHaveLength(4);
  });

  test('delay events by the clock', async () => {
    const { clock, webhooks, told, createCustomers } = await openHook();
    webhooks.setBehaviour({ delayShare: 1, delaySeconds: 90 });
    await createCustomers(1);
    await webhooks.deliverDue();
    clock.advanceMs(89_000);
    await webhooks.deliverDue();
    expect(told()).toEqual([]);
    clock.advanceMs(1000);
    await webhooks.deliverDue();
    expect(told()).toEqual(['customer.created']);
  });

  test('hold events and shuffle them, in the same order for the same seed', async () => {
    const orderOf = async (seed: string) => {
      const { stripe, webhooks, receiver, sandbox } = await openHook();
      webhooks.setBehaviour({ hold: true, shuffle: true, seed });
      for (let number = 0; number < 8; number++) await stripe.customers.create({ name: String(number) });
      await webhooks.deliverDue();
      expect(receiver.received).toEqual([]);
      await webhooks.flush();
      return receiver
        .events(sandbox.webhookSecret!)
        .map(({ data }) => Number((data.object as Stripe.Customer).name));
    };
    const [one, again, other] = [await orderOf('a'), await orderOf('a'), await orderOf('b')];
    const told = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(one).not.toEqual(told);
    expect(one.toSorted((a, b) => a - b)).toEqual(told);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test('can be set in JSON', async () => {
    const { sandbox, told, createCustomers } = await openHook();
    const control = async (path: string, body: object): Promise<unknown> => {
      const url = `${sandbox.url}/_sandbox/${path}`;
      return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
    };
    const behaviour = { hold: true, duplicateShare: 1 };
    expect(await control('webhooks', behaviour)).toEqual({ behaviour, pending: [] });
    await createCustomers(1);
    expect(await control('webhooks/flush', {})).toEqual({ behaviour, pending: [] });
    expect(told()).toHaveLength(2);
    expect(await control('webhooks', { dropShare: 7 })).toMatchObject({ error: { param: 'dropShare' } });
  });
});

test('pending deliveries and the secret survive a restart without a close', async () => {
  const dataDir = temporaryFolder();
  const before = await openHook({ dataDir });
  before.webhooks.setBehaviour({ hold: true });
  await before.createCustomers(2);

  const webhook = { url: before.receiver.url };
  const { sandbox, stripe } = await openBench({ dataDir: leftBehind(dataDir), webhook });
  await sandbox.webhooks.deliverDue();
  expect(sandbox.webhookSecret).toBe(before.sandbox.webhookSecret);
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
  expect(before.told()).toEqual(['customer.created', 'customer.created']);
});

test('an endpoint of the options keeps its secret and pending deliveries with a new URL', async () => {
  const dataDir = temporaryFolder();
  const before = await openHook({ dataDir });
  before.webhooks.setBehaviour({ hold: true });
  await before.createCustomers(1);

  const moved = await openReceiver();
  const { sandbox, stripe } = await openBench({
    dataDir: leftBehind(dataDir),
    webhook: { url: moved.url },
  });
  await stripe.customers.create();
  await sandbox.webhooks.deliverDue();
  expect((await stripe.webhookEndpoints.list()).data).toMatchObject([{ url: moved.url }]);
  expect(moved.events(before.sandbox.webhookSecret!)).toMatchObject([
    { type: 'customer.created' },
    { type: 'customer.created' },
  ]);
  expect(before.told()).toEqual([]);
});

test('an endpoint of the options can have a given secret', async () => {
  const receiver = await openReceiver();
  const { sandbox } = await openBench({ webhook: { url: receiver.url, secret: 'whsec_ours' } });
  expect(sandbox.webhookSecret).toBe('whsec_ours');
});
