import { describe, expect } from 'vitest';
import type { Answer } from '../support/caller.js';
import { paydeskTest } from '../support/paydesk-test.js';

const NOT_IDS = ['', 'cs_', 'cus_1', 'cs_test_1/expire', 'cs_test_1?x=1', '../cs_test_1', 'cs test', 'pi_ä'];

const it = paydeskTest().extend('refusal', ({ paydesk }) => async (ask: () => Promise<Answer>) => {
  const callsBefore = paydesk.stripeCalls.length;
  const { status, headers, body } = await ask();
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
  return { status, fields: body.errors?.map((e: { field: string }) => e.field) };
});

describe('bad input about a payment', () => {
  describe.each(['/refund', '/pay/expire', '/pay/recurrent/expire'])('%s', (path) => {
    const needed = path === '/pay/recurrent/expire' ? { cancelType: 'now' } : {};

    it.for([...NOT_IDS, 5, null, ['cs_test_1'], { id: 'cs_test_1' }])(
      'refuses the id %j',
      async (paymentID, { shop, refusal }) => {
        expect(await refusal(() => shop.post(path, { ...needed, paymentID }))).toEqual({
          status: 400,
          fields: ['paymentID'],
        });
      },
    );

    it('refuses a missing id and an unknown property', async ({ shop, refusal }) => {
      expect(await refusal(() => shop.post(path, { ...needed, paymentId: 'cs_test_1' }))).toEqual({
        status: 400,
        fields: ['body', 'paymentID'],
      });
    });
  });

  it.for(NOT_IDS)('refuses to report the status of %j', async (id, { shop, refusal }) => {
    const path = `/status?paymentID=${encodeURIComponent(id)}`;
    expect(await refusal(() => shop.get(path))).toEqual({ status: 400, fields: ['paymentID'] });
  });

  it.for(['/status', '/status?paymentID=cs_test_1&paymentID=cs_test_2', '/status?paymentID[a]=cs_test_1'])(
    'refuses %s',
    async (path, { shop, refusal }) => {
      expect((await refusal(() => shop.get(path))).status).toBe(400);
    },
  );

  it.for(['0', '0.00', '-1', '1.5', '1,50', '1e2', 1, null])(
    'refuses to refund %j',
    async (amount, { shop, refusal }) => {
      const body = { paymentID: 'cs_test_1', amount };
      expect(await refusal(() => shop.post('/refund', body))).toEqual({ status: 400, fields: ['amount'] });
    },
  );

  it.for([
    ['an unknown type', { cancelType: 'later' }, 400, ['cancelType']],
    ['atDay without a day', { cancelType: 'atDay' }, 400, ['cancelTime']],
    ['a day without atDay', { cancelType: 'now', cancelTime: '31/12/2090' }, 400, ['cancelTime']],
    ['a day that does not exist', { cancelType: 'atDay', cancelTime: '31/02/2090' }, 400, ['cancelTime']],
    ['a day in another format', { cancelType: 'atDay', cancelTime: '2090-12-31' }, 400, ['cancelTime']],
    ['a day that is a number', { cancelType: 'atDay', cancelTime: 31122090 }, 400, ['cancelTime']],
    ['a past day', { cancelType: 'atDay', cancelTime: '31/12/2022' }, 422, ['cancelTime']],
  ] as const)('refuses to cancel with %s', async ([_what, body, status, fields], { shop, refusal }) => {
    expect(await refusal(() => shop.post('/pay/recurrent/expire', { paymentID: 'sub_1', ...body }))).toEqual({
      status,
      fields,
    });
  });
});
