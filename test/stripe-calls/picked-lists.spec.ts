import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { BACKGROUND } from '#core/request-context.js';
import type { StripePage } from '#stripe/pagination.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { CHARGE_FIELDS, INTENT_FIELDS, INVOICE_FIELDS } from '../../src/charges/history.stripe.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  .extend('stripe', { scope: 'file' }, ({ paydesk }) => paydesk.stripe)
  .extend('provider', { scope: 'file' }, ({ paydesk, clock }) => {
    return new StripeProvider(new StripeConnection('sk_test_paydesk', paydesk.sandbox.url), clock);
  })
  /** Has payments by card, declined and by direct debit, a paid invoice and a draft. */
  .extend('customer', { scope: 'file' }, async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    await pay(stripe, id, 'pm_card_visa');
    await expect(pay(stripe, id, 'pm_card_visa_chargeDeclined')).rejects.toMatchObject({ statusCode: 402 });
    await payByDebit(stripe, id);
    await stripe.invoices.create({ customer: id });
    await stripe.invoiceItems.create({ customer: id, amount: 700, currency: 'eur' });
    const invoice = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    return id;
  });

function pay(stripe: Stripe, customer: string, card: string): Promise<unknown> {
  return stripe.paymentIntents.create({
    amount: 3000,
    currency: 'usd',
    customer,
    payment_method: card,
    allowed_payment_method_types: ['card'],
    confirm: true,
  });
}

function payByDebit(stripe: Stripe, customer: string): Promise<unknown> {
  return stripe.paymentIntents.create({
    amount: 4000,
    currency: 'eur',
    customer,
    allowed_payment_method_types: ['sepa_debit'],
    payment_method_data: {
      type: 'sepa_debit',
      sepa_debit: { iban: 'DE89370400440532013000' },
      billing_details: { name: 'Payer', email: 'payer@shop.example' },
    },
    mandate_data: { customer_acceptance: { type: 'offline' } },
    confirm: true,
  });
}

describe('of a list, only the wanted fields are read', () => {
  it.for([
    ['charges', CHARGE_FIELDS, 3],
    ['paymentIntents', INTENT_FIELDS, 3],
    ['invoices', INVOICE_FIELDS, 2],
  ] as const)('%s', async ([kind, wanted, count], { stripe, provider, customer }) => {
    const list = (client: Stripe) => client[kind].list({ customer }) as Promise<StripePage<object>>;
    const { data: picked } = await provider.listShared(BACKGROUND, kind, wanted, list);

    // A list that is parsed as a whole has the other fields too.
    expect(picked.map((item) => Object.keys(item))).toEqual(Array(count).fill(Object.keys(wanted)));
    const { data: whole } = await list(stripe);
    expect(whole).toMatchObject(JSON.parse(JSON.stringify(picked)) as object[]);
  });
});
