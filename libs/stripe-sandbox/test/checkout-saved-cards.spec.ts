import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { visit } from './pages.js';
import { failureOf, openBench, test } from './support.js';

type Create = Stripe.Checkout.SessionCreateParams;
type Options = Create['saved_payment_method_options'];

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options */
async function openShop() {
  const bench = await openBench();
  const { stripe } = bench;
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const sale = (params: Partial<Create>): Create => ({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
    ],
    ...params,
  });
  return {
    ...bench,
    customer,
    open: (params: Partial<Create>) => stripe.checkout.sessions.create(sale(params)),
    /** A session of the customer. */
    openFor: (options?: Options, params: Partial<Create> = {}) =>
      stripe.checkout.sessions.create(
        sale({ customer, ...(options && { saved_payment_method_options: options }), ...params }),
      ),
    saveCard: async (card: string, allow_redisplay: Stripe.PaymentMethodUpdateParams['allow_redisplay']) => {
      const { id } = await stripe.paymentMethods.attach(card, { customer });
      await stripe.paymentMethods.update(id, { allow_redisplay });
      return id;
    },
    saved: async () => {
      const { data } = await stripe.customers.listPaymentMethods(customer);
      return data.map(({ id, allow_redisplay }) => ({ id, allow_redisplay }));
    },
  };
}

const buttonsOf = (text: string, name: string): (string | undefined)[] =>
  [...text.matchAll(new RegExp(`name="${name}"\\s+value="(\\w+)"`, 'g'))].map(([, id]) => id);

test('a session shows its options, and their defaults for a customer', async () => {
  const { open, openFor } = await openShop();
  expect((await open({})).saved_payment_method_options).toBeNull();
  expect((await openFor()).saved_payment_method_options).toEqual({
    allow_redisplay_filters: ['always'],
    payment_method_remove: 'disabled',
    payment_method_save: null,
  });
  const options = {
    allow_redisplay_filters: ['limited', 'unspecified'],
    payment_method_remove: 'enabled',
    payment_method_save: 'disabled',
  } satisfies Options;
  expect((await openFor(options)).saved_payment_method_options).toEqual(options);
  const setup = open({
    mode: 'setup',
    currency: 'usd',
    line_items: [],
    saved_payment_method_options: options,
  });
  expect((await failureOf(setup)).statusCode).toBe(400);
});

test('the page offers the cards that may be shown again, and is paid with one', async () => {
  const { openFor, saveCard, stripe } = await openShop();
  const always = await saveCard('pm_card_visa', 'always');
  const limited = await saveCard('pm_card_mastercard', 'limited');
  const session = await openFor();
  expect(buttonsOf((await visit(session.url!)).text, 'saved_card')).toEqual([always]);
  expect((await visit(session.url!, { saved_card: limited })).status).toBe(402);
  expect((await visit(session.url!, { saved_card: always })).status).toBe(303);
  const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
  expect(paid).toMatchObject({ status: 'complete', payment_intent: { payment_method: always } });
  const other = await openFor({ allow_redisplay_filters: ['limited', 'always'] });
  expect(buttonsOf((await visit(other.url!)).text, 'saved_card')).toEqual([limited, always]);
});

/** The texts of alerts, each with the form that it is in. */
const alertsOf = (text: string): [form: string | undefined, alert: string | undefined][] =>
  [...text.matchAll(/role="alert"[^>]*>([^<]*)/g)].map(({ 1: alert, index }) => {
    const before = text.slice(0, index);
    const opened = before.lastIndexOf('<form');
    if (opened < before.lastIndexOf('</form>')) return [undefined, alert];
    return [/aria-label="([^"]*)"/.exec(before.slice(opened))?.[1], alert];
  });

test('a failed authentication of a saved card is shown at the saved cards', async () => {
  const { openFor, saveCard } = await openShop();
  const id = await saveCard('pm_card_authenticationRequired', 'always');
  const { url } = await openFor();
  for (const [form, label] of [
    [{ saved_card: id }, 'Saved cards'],
    [{ number: '4000002760003184' }, 'Card details'],
  ] as const) {
    const asked = await visit(url!, { ...form });
    await visit(asked.location!, { result: 'fail' });
    expect(alertsOf((await visit(url!)).text)).toEqual([
      [label, expect.stringContaining('failed authentication')],
    ]);
  }
});

test('what is wrong with a form that the page does not have is shown above the others', async () => {
  const { openFor, stripe, saveCard } = await openShop();
  const id = await saveCard('pm_card_visa', 'always');
  const { url } = await openFor(undefined, { allowed_payment_method_types: ['card'] });
  const shown = async (form: Record<string, string>) => {
    const { status, text } = await visit(url!, form);
    return [status, alertsOf(text)];
  };
  const above = (alert: string) => [402, [[undefined, expect.stringContaining(alert)]]];
  expect(await shown({ iban: 'DE89370400440532013000' })).toEqual(above('takes no sepa_debit'));
  expect(await shown({ bank_transfer: 'yes' })).toEqual(above('takes no customer_balance'));
  expect(await shown({ promotion_code: 'NONE' })).toEqual(above('This code is invalid.'));
  expect(await shown({ saved_card: 'pm_other' })).toEqual([
    402,
    [['Saved cards', 'This card is not offered.']],
  ]);
  await stripe.paymentMethods.detach(id);
  expect(await shown({ saved_card: id })).toEqual(above('This card is not offered.'));
});

test("a card is saved only if its customer wants it, and offered on the customer's next page", async () => {
  const { openFor, saved } = await openShop();
  const card = { number: '4242424242424242' };
  const silent = await openFor();
  expect((await visit(silent.url!)).text).not.toContain('name="save"');
  await visit(silent.url!, { ...card, save: 'yes' });
  const asking = await openFor({ payment_method_save: 'enabled' });
  expect((await visit(asking.url!)).text).toContain('name="save"');
  await visit(asking.url!, card);
  expect(await saved()).toEqual([]);
  const wanted = await openFor({ payment_method_save: 'enabled' });
  expect((await visit(wanted.url!, { number: '4000000000000002', save: 'yes' })).status).toBe(402);
  expect((await visit(wanted.url!, { ...card, save: 'yes' })).status).toBe(303);
  expect(await saved()).toEqual([{ id: expect.any(String), allow_redisplay: 'always' }]);
  const [{ id } = { id: '' }] = await saved();
  expect(buttonsOf((await visit((await openFor()).url!)).text, 'saved_card')).toEqual([id]);
});

// https://support.stripe.com/questions/prefilling-saved-cards-in-checkout
test('a card that is saved for the merchant is not offered again', async () => {
  const { openFor, saved } = await openShop();
  const kept = await openFor(undefined, { payment_intent_data: { setup_future_usage: 'off_session' } });
  await visit(kept.url!, { number: '4242424242424242' });
  expect(await saved()).toMatchObject([{ allow_redisplay: 'limited' }]);
  expect(buttonsOf((await visit((await openFor()).url!)).text, 'saved_card')).toEqual([]);
});

test('a card is removed on the page only if the session lets its customer', async () => {
  const { openFor, saveCard, saved } = await openShop();
  const id = await saveCard('pm_card_visa', 'always');
  const { url: fixed } = await openFor();
  expect(buttonsOf((await visit(fixed!)).text, 'remove_card')).toEqual([]);
  expect((await visit(fixed!, { remove_card: id })).status).toBe(402);
  expect(await saved()).toHaveLength(1);
  const { url } = await openFor({ payment_method_remove: 'enabled' });
  expect(buttonsOf((await visit(url!)).text, 'remove_card')).toEqual([id]);
  expect((await visit(url!, { remove_card: id })).status).toBe(303);
  expect(await saved()).toEqual([]);
});
