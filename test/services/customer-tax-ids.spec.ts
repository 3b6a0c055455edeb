import { describe, expect } from 'vitest';
import { query, withLock } from '../support/database.js';
import { FOREVER_MS, LONGEST_CALL_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

/** Called with each request to Stripe, when it has been processed and is not answered yet. */
let onCall: (call: string) => void = () => undefined;

const it = paydeskTest({ observe: ({ method, path }) => onCall(`${method} ${path}`) });

describe('taxId of /customers/:user_id', () => {
  const GERMAN = { type: 'eu_vat', value: 'DE123456789' };
  const SWISS = { type: 'ch_vat', value: 'CHE-123.456.789 MWST' };
  const REFUSED = { status: 400, type: 'invalid_request_error' } as const;

  const test = it.extend('customer', async ({ paydesk, shop }) => {
    const path = `/customers/${someUser()}`;
    const { stripeCustomerId: id } = (await shop.put(path, { name: 'Jenny' })).body;
    const atStripe = async () => {
      const { data } = await paydesk.stripe.customers.listTaxIds(id);
      return data.map(({ type, value }) => ({ type, value }));
    };
    return { id, atStripe, path, put: (taxId: object | null) => shop.put(path, { taxId }) };
  });

  test('replaces the one before, null removes it, and it can be set again', async ({ shop, customer }) => {
    const { atStripe, path, put } = customer;
    for (const taxId of [GERMAN, SWISS, GERMAN, GERMAN]) {
      expect((await put(taxId)).body.taxId).toEqual(taxId);
      expect(await atStripe()).toEqual([taxId]);
      expect((await shop.get(path)).body.taxId).toEqual(taxId);
    }
    // Stripe repeats its answer to the request that has added it.
    for (let round = 0; round < 3; round += 1) {
      expect((await put(null)).body.taxId).toBeNull();
      expect(await atStripe()).toEqual([]);
      expect((await put(GERMAN)).status).toBe(200);
      expect(await atStripe()).toEqual([GERMAN]);
    }
  });

  test('takes the place of those that were added elsewhere', async ({
    paydesk,
    customer: { id, atStripe, put },
  }) => {
    await paydesk.stripe.customers.createTaxId(id, { type: 'eu_vat', value: 'DE111111111' });
    await paydesk.stripe.customers.createTaxId(id, { type: 'ch_vat', value: 'CHE-111.111.111 MWST' });
    await put(GERMAN);
    expect(await atStripe()).toEqual([GERMAN]);
  });

  test('is added once, however many requests set it', async ({ paydesk, customer: { atStripe, put } }) => {
    const type = 'customer.tax_id.created';
    const before = (await paydesk.stripe.events.list({ type, limit: 100 })).data.length;
    await Promise.all(Array.from({ length: 5 }, () => put(GERMAN)));
    expect(await atStripe()).toEqual([GERMAN]);
    expect((await paydesk.stripe.events.list({ type, limit: 100 })).data.length).toBe(before + 1);
  });

  test('is added once if the answer is lost', async ({ paydesk, customer: { id, atStripe, put } }) => {
    const path = `/v1/customers/${id}/tax_ids`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    expectProblem(await put(GERMAN), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect((await put(GERMAN)).status).toBe(200);
    expect(await atStripe()).toEqual([GERMAN]);
  });

  test('can be set again after a failure that Stripe repeats', async ({
    paydesk,
    clock,
    customer: { id, atStripe, put },
  }) => {
    const path = `/v1/customers/${id}/tax_ids`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], times: 9 });
    expectProblem(await put(GERMAN), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expectProblem(await put(GERMAN), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await put(GERMAN)).status).toBe(200);
    expect(await atStripe()).toEqual([GERMAN]);
  });

  // https://docs.stripe.com/error-low-level#server-errors
  test.for([
    ['is set again', GERMAN, 'outcome-unknown'],
    ['is replaced', SWISS, 'provider-busy'],
    ['is removed', null, 'provider-busy'],
  ] as const)(
    'that was added long after a 500 %s, and none stays beside it',
    async ([, next, refusal], { paydesk, clock, customer: { id, atStripe, put } }) => {
      const path = `/v1/customers/${id}/tax_ids`;
      paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
      expectProblem(await put(GERMAN), 'outcome-unknown');
      expectProblem(await put(next), refusal);
      expect(await atStripe()).toEqual([]);
      paydesk.sandbox.faults.clear();
      await expect.poll(atStripe).toEqual([GERMAN]);
      clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      expect((await put(next)).status).toBe(200);
      expect(await atStripe()).toEqual(next ? [next] : []);
    },
  );

  test('that was added long after a 500 does not stay, also if Stripe lists the others late', async ({
    paydesk,
    clock,
    customer: { id, atStripe, put },
    onTestFinished,
  }) => {
    const path = `/v1/customers/${id}/tax_ids`;
    await put(SWISS);
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    expectProblem(await put(GERMAN), 'outcome-unknown');
    onTestFinished(() => {
      onCall = () => undefined;
    });
    onCall = (call) => {
      if (call === `GET ${path}`) clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    };
    expectProblem(await put(SWISS), 'provider-busy');
    onCall = () => undefined;
    paydesk.sandbox.faults.clear();
    await expect.poll(atStripe).toEqual([GERMAN, SWISS]);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await put(SWISS)).status).toBe(200);
    expect(await atStripe()).toEqual([SWISS]);
  });

  test('that is sent again, and then added long after a 500, is added once', async ({
    paydesk,
    clock,
    customer: { id, atStripe, put },
  }) => {
    const added = { method: 'POST', path: `/v1/customers/${id}/tax_ids` } as const;
    paydesk.sandbox.faults.add({ ...added, kinds: ['reset_before_effect'], times: 9 });
    expectProblem(await put(GERMAN), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    paydesk.sandbox.faults.add({ ...added, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    expectProblem(await put(GERMAN), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    await expect.poll(atStripe).toEqual([GERMAN]);
    expect((await put(GERMAN)).status).toBe(200);
    expect(await atStripe()).toEqual([GERMAN]);
  });

  test('keeps others out while it is added', async ({ paydesk, customer: { id, atStripe, put } }) => {
    const path = `/v1/customers/${id}/tax_ids`;
    const fault = { method: 'POST', path, kinds: ['wait'], waitMs: FOREVER_MS } as const;
    paydesk.sandbox.faults.add(fault);
    const setting = put(GERMAN);
    await expect.poll(() => paydesk.sandbox.faults.list()[0]?.injected.wait).toBe(1);
    expectProblem(await put(SWISS), 'provider-busy');
    expectProblem(await put(null), 'provider-busy');
    paydesk.sandbox.faults.clear();
    expect((await setting).status).toBe(200);
    expect((await put(null)).status).toBe(200);

    paydesk.sandbox.faults.add({ ...fault, share: 1 });
    const both = [put(GERMAN), put(SWISS)];
    expectProblem(await Promise.race(both), 'provider-busy');
    paydesk.sandbox.faults.clear();
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(await atStripe()).toHaveLength(1);
  });

  test('keeps others out while it is added, however long it has waited for others before', async ({
    paydesk,
    clock,
    customer: { id, atStripe, put },
  }) => {
    const path = `/v1/customers/${id}/tax_ids`;
    const fault = { method: 'POST', path, kinds: ['wait'], waitMs: FOREVER_MS } as const;
    const { injected } = paydesk.sandbox.faults.add(fault);
    const ofCustomer = `select pg_advisory_xact_lock(hashtextextended('${id}', 0))`;
    const waiting = `select 1 from pg_locks join pg_database on pg_database.oid = database
      where datname = current_database() and locktype = 'advisory' and not granted`;
    let setting: ReturnType<typeof put> | undefined;
    await withLock(paydesk, ofCustomer, async () => {
      setting = put(GERMAN);
      await expect.poll(() => query(paydesk, waiting)).toHaveLength(1);
      clock.moveSeconds(LONGEST_CALL_SECONDS + STRIPE_SETTLES_SECONDS);
    });
    await expect.poll(() => injected.wait).toBe(1);
    expectProblem(await put(null), 'provider-busy');
    paydesk.sandbox.faults.clear();
    expect((await setting)?.status).toBe(200);
    expect(await atStripe()).toEqual([GERMAN]);
  });

  test('keeps others out while it may still be added, whatever the last answer was', async ({
    paydesk,
    clock,
    customer: { id, atStripe, put },
  }) => {
    const added = { method: 'POST', path: `/v1/customers/${id}/tax_ids` } as const;
    await put(SWISS);
    paydesk.sandbox.faults.add({ ...added, kinds: ['reset_before_effect'] });
    paydesk.sandbox.faults.add({ ...added, kinds: ['lock_timeout'] });
    expectProblem(await put(GERMAN), 'provider-busy');
    for (const seconds of [0, LONGEST_CALL_SECONDS]) {
      clock.moveSeconds(seconds);
      expectProblem(await put(null), 'provider-busy');
      // Also for the one that the customer has.
      expectProblem(await put(SWISS), 'provider-busy');
    }
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await put(SWISS)).status).toBe(200);
    expect(await atStripe()).toEqual([SWISS]);
  });

  test.for(['reset_before_effect', 'reset_after_effect'] as const)(
    'can be replaced at once if it is known that it was added after a %s',
    async (kind, { paydesk, customer: { id, atStripe, put } }) => {
      const path = `/v1/customers/${id}/tax_ids`;
      paydesk.sandbox.faults.add({ method: 'POST', path, kinds: [kind], times: 9 });
      expectProblem(await put(GERMAN), 'outcome-unknown');
      paydesk.sandbox.faults.clear();
      expect((await put(GERMAN)).status).toBe(200);
      expect((await put(SWISS)).status).toBe(200);
      expect(await atStripe()).toEqual([SWISS]);
    },
  );

  test('can be replaced at once if Stripe has refused another one', async ({
    customer: { atStripe, put },
  }) => {
    expect((await put({ type: 'eu_vat', value: 'nonsense' })).status).toBe(400);
    expect((await put(SWISS)).status).toBe(200);
    expect(await atStripe()).toEqual([SWISS]);
  });

  test('is removed later if its removal fails', async ({ paydesk, customer: { id, atStripe, put } }) => {
    await put(GERMAN);
    const path = `/v1/customers/${id}/tax_ids/*`;
    paydesk.sandbox.faults.add({ method: 'DELETE', path, kinds: ['error_before_effect'], times: 2 });
    expectProblem(await put(SWISS), 'outcome-unknown');
    expect((await put(SWISS)).status).toBe(200);
    expect(await atStripe()).toEqual([SWISS]);
  });

  test.for([
    ['that is replaced', SWISS],
    ['that is removed', null],
  ] as const)(
    '%s is not told as refused if Stripe refuses only its removal',
    async ([, next], { paydesk, shop, customer: { id, atStripe, path, put } }) => {
      await put(GERMAN);
      const removal = { method: 'DELETE', path: `/v1/customers/${id}/tax_ids/*` } as const;
      paydesk.sandbox.faults.add({ ...removal, kinds: ['refuse'], error: REFUSED });
      const details = { name: 'John', taxId: next };
      expectProblem(await shop.put(path, details), 'outcome-unknown');
      expect((await shop.get(path)).body.name).toBe('John');
      expect(await atStripe()).toEqual(next ? [next, GERMAN] : [GERMAN]);
      expect(paydesk.log.at(-1)).toMatchObject({ problem: 'outcome-unknown', alert: true });
      expect((await shop.put(path, details)).status).toBe(200);
      expect(await atStripe()).toEqual(next ? [next] : []);
    },
  );

  test('is not told as refused if it stays because Stripe refuses to take it back', async ({
    paydesk: { sandbox },
    shop,
    customer: { id, atStripe, path },
  }) => {
    const customer = `/v1/customers/${id}`;
    const error = { ...REFUSED, param: 'email' };
    sandbox.faults.add({ method: 'POST', path: customer, kinds: ['refuse'], error });
    sandbox.faults.add({ method: 'DELETE', path: `${customer}/*/*`, kinds: ['refuse'], error: REFUSED });
    const details = { email: 'jenny@example.com', taxId: GERMAN };
    expectProblem(await shop.put(path, details), 'outcome-unknown');
    expect(await atStripe()).toEqual([GERMAN]);
    expect((await shop.put(path, details)).status).toBe(200);
  });

  test('is taken back by the repetition of a refused request, if Stripe has refused to take it back before', async ({
    paydesk: { sandbox },
    shop,
    customer: { id, atStripe, path, put },
  }) => {
    await put(SWISS);
    const customer = `/v1/customers/${id}`;
    const error = { ...REFUSED, param: 'email' };
    sandbox.faults.add({ method: 'POST', path: customer, kinds: ['refuse'], error, share: 1 });
    const removal = { method: 'DELETE', path: `${customer}/tax_ids/*` } as const;
    sandbox.faults.add({ ...removal, kinds: ['refuse'], error: REFUSED, times: 2 });
    const details = { email: 'jenny@example.com', taxId: GERMAN };
    for (let request = 0; request < 2; request += 1) {
      expectProblem(await shop.put(path, details), 'outcome-unknown');
      expect(await atStripe()).toEqual([GERMAN, SWISS]);
    }
    for (let request = 0; request < 2; request += 1) {
      const refused = await shop.put(path, details);
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'email' }] } });
      expect(await atStripe()).toEqual([SWISS]);
    }
    sandbox.faults.clear();
    expect((await shop.put(path, details)).status).toBe(200);
    expect(await atStripe()).toEqual([GERMAN]);
  });

  test('stays if one of two requests that set it at once is refused', async ({
    paydesk,
    shop,
    customer: { id, atStripe, path, put },
  }) => {
    const error = { ...REFUSED, param: 'email' };
    const update = { method: 'POST', path: `/v1/customers/${id}`, kinds: ['refuse'], error } as const;
    for (let round = 0; round < 5; round += 1) {
      await put(null);
      paydesk.sandbox.faults.add({ ...update, times: 1 });
      const details = { email: 'jenny@example.com', taxId: GERMAN };
      const answers = await Promise.all([shop.put(path, details), shop.put(path, details)]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
      expect(await atStripe()).toEqual([GERMAN]);
    }
  });

  test('is named if Stripe refuses it, and nothing is changed', async ({
    shop,
    customer: { atStripe, path, put },
  }) => {
    await put(SWISS);
    const taxId = { type: 'eu_vat', value: 'nonsense' };
    const answer = await shop.put(path, { name: 'John', taxId });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'taxId.value' }] } });
    const unknown = await shop.put(path, { name: 'John', taxId: { type: 'xx_vat', value: '1' } });
    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ field: 'taxId.type' }] } });
    expect((await shop.get(path)).body).toMatchObject({ name: 'Jenny', taxId: SWISS });
    expect(await atStripe()).toEqual([SWISS]);
  });

  test('stays as it was if Stripe refuses another value', async ({
    paydesk,
    shop,
    customer: { id, atStripe, path, put },
  }) => {
    await put(SWISS);
    const error = { ...REFUSED, param: 'email' };
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: `/v1/customers/${id}`,
      kinds: ['refuse'],
      times: 1,
      error,
    });
    const refused = await shop.put(path, { email: 'jenny@example.com', taxId: GERMAN });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'email' }] } });
    expect(await atStripe()).toEqual([SWISS]);
  });

  test('may be a SIRET, which has the check digit of cards', async ({ customer: { put } }) => {
    expect((await put({ type: 'fr_siret', value: '38000000000006' })).status).toBe(200);
    expect((await put({ type: 'eu_vat', value: '38000000000006' })).status).toBe(400);
  });
});
