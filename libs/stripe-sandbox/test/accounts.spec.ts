import { expect } from 'vitest';
import { failureOf, request, test } from './support.js';

// https://docs.stripe.com/api/accounts/retrieve
test('returns the account of the key, by its id too', async ({ stripe, sandbox }) => {
  const { body: account } = await request(sandbox, 'GET', '/v1/account');
  expect(account).toMatchObject({
    id: expect.stringMatching(/^acct_1[A-Za-z0-9]{15}$/),
    object: 'account',
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    payouts_enabled: true,
    type: 'standard',
  });
  expect(await stripe.accounts.retrieveCurrent()).toMatchObject(account);
  expect(await stripe.accounts.retrieve(account['id'] as string)).toMatchObject(account);
});

// https://docs.stripe.com/connect/authentication: the account may name itself
test('Stripe-Account may be the own account', async ({ stripe }) => {
  const { id } = await stripe.accounts.retrieveCurrent();
  expect((await stripe.customers.create({}, { stripeAccount: id })).object).toBe('customer');
});

test('there are no connected accounts', async ({ stripe }) => {
  expect(await failureOf(stripe.accounts.retrieve('acct_1111111111111111'))).toMatchObject({
    statusCode: 403,
    code: 'account_invalid',
  });
  expect((await stripe.accounts.list()).data).toEqual([]);
  // https://docs.stripe.com/connect/testing
  expect(await failureOf(stripe.accounts.create({ type: 'custom' }))).toMatchObject({
    statusCode: 400,
    message:
      "You can only create new accounts if you've signed up for Connect, which you can do at https://dashboard.stripe.com/connect.",
  });
});
