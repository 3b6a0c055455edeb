import { describe, expect, it } from 'vitest';
import { recordCall } from './recorded-call.js';

describe('recordCall', () => {
  it('shows the method, the path and the parameters of a call', async () => {
    const call = await recordCall((stripe) =>
      stripe.paymentIntents.create({
        amount: 500,
        currency: 'eur',
        metadata: { order: '7', __proto__x: 'y', 'a b&c': 'é' },
        allowed_payment_method_types: ['card', 'link'],
      }),
    );
    expect(call).toMatchObject({ method: 'POST', path: '/v1/payment_intents' });
    expect(JSON.parse(JSON.stringify(call.params))).toEqual({
      amount: '500',
      currency: 'eur',
      metadata: { order: '7', __proto__x: 'y', 'a b&c': 'é' },
      allowed_payment_method_types: { 0: 'card', 1: 'link' },
    });
  });

  it('shows a call without parameters', async () => {
    const call = await recordCall((stripe) => stripe.subscriptions.cancel('sub_1'));
    expect(call).toMatchObject({ method: 'DELETE', path: '/v1/subscriptions/sub_1' });
    expect(Object.keys(call.params)).toEqual([]);
  });

  it('fails if nothing would be sent', async () => {
    await expect(recordCall(() => Promise.reject(new Error('before')))).rejects.toThrow(
      'nothing would be sent',
    );
  });
});
