import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { CARD_ONLY, openShop } from './payments.js';
import { failureOf, test } from './support.js';

const SUPPORT = 'https://support.stripe.com/questions/';

// Each by the page of Stripe's that names the rule, or the words of an error that others have met.
test.for([
  // https://docs.stripe.com/error-codes#email-invalid
  [{ receipt_email: 'ada' }, { code: 'email_invalid', message: 'Invalid email address: ada' }],
  [
    { confirm: true, return_url: 'nowhere' },
    { code: 'url_invalid', message: 'Not a valid URL' },
  ],
  [
    { description: 'd'.repeat(1001) },
    { message: expect.stringMatching(/; must be at most 1000 characters$/) },
  ],
  // https://docs.stripe.com/api/payment_intents/create#create_payment_intent-statement_descriptor
  [
    { statement_descriptor: 'ADAS SHOP' },
    {
      message: `The statement_descriptor parameter is not supported for the payment_method_type \`card\`. To continue supporting payment_method_type \`card\`, please pass in \`statement_descriptor_suffix\` or remove the \`statement_descriptor\` parameter altogether. Please see ${SUPPORT}use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details.`,
    },
  ],
  // https://docs.stripe.com/get-started/account/statement-descriptors#requirements
  [{ statement_descriptor_suffix: '#1234' }, {}],
  [{ statement_descriptor_suffix: 'ADA*1' }, {}],
  [{ statement_descriptor_suffix: 'A'.repeat(23) }, {}],
] as const)('%o is refused', async ([params, expected], { stripe }) => {
  const failure = await failureOf(stripe.paymentIntents.create({ ...CARD_ONLY, amount: 1000, ...params }));
  expect(failure).toMatchObject({ statusCode: 400, param: Object.keys(params).at(-1), ...expected });
});

// https://docs.stripe.com/currencies#special-cases and #three-decimal
test.for([
  [5124, 'kwd', 5120],
  [550, 'isk', 500],
] as const)('%d %s is refused, %d is not', async ([amount, currency, whole], { stripe }) => {
  const refused = failureOf(stripe.paymentIntents.create({ amount, currency }));
  expect(await refused).toMatchObject({ statusCode: 400, param: 'amount' });
  const intent = await stripe.paymentIntents.create({ amount: whole, currency });
  const changed = failureOf(stripe.paymentIntents.update(intent.id, { amount }));
  expect(await changed).toMatchObject({ statusCode: 400, param: 'amount' });
});

// The wording is of https://github.com/artsy/exchange/pull/484.
test('refuses setup_future_usage in an off-session payment', async () => {
  const { stripe, pay, card, customer } = await openShop();
  const refusal = {
    statusCode: 400,
    message:
      'You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the PaymentIntent because you cannot set up future usages when processing payments off-session.',
  };
  expect(await failureOf(pay(1000, { setup_future_usage: 'off_session' }))).toMatchObject(refusal);
  const saving = await stripe.paymentIntents.create({
    ...CARD_ONLY,
    amount: 1000,
    customer: customer.id,
    payment_method: card.id,
    setup_future_usage: 'on_session',
  });
  const confirm = (more: Stripe.PaymentIntentConfirmParams) =>
    stripe.paymentIntents.confirm(saving.id, { off_session: true, ...more });
  expect(await failureOf(confirm({}))).toMatchObject(refusal);
  expect((await confirm({ setup_future_usage: '' })).status).toBe('succeeded');
});
