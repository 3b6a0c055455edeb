import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf } from './support.js';

/** The days of a period, as `2026-10-01`. */
const daysOf = ({ start, end }: { start: number; end: number }): string[] =>
  [start, end].map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 10));

const linesOf = ({ latest_invoice }: Stripe.Subscription) =>
  (latest_invoice as Stripe.Invoice).lines.data.map(({ amount, period }) => [amount, ...daysOf(period)]);

const periodOf = ({ items: { data } }: Stripe.Subscription): string[] =>
  daysOf({ start: data[0]!.current_period_start, end: data[0]!.current_period_end });

const expand = ['latest_invoice'];
const classic = { type: 'classic' } as const;

// The bench stands at the start of 2026-11-01; https://docs.stripe.com/billing/subscriptions/backdating.
test('the time since the start date is billed: in flexible billing mode by periods of the cycle', async () => {
  const { subscribe, invoices, wait } = await openClub();
  const subscription = await subscribe({ backdate_start_date: at('2026-09-16'), expand });
  expect(subscription).toMatchObject({
    billing_cycle_anchor: at('2026-11-01'),
    created: at('2026-11-01'),
    start_date: at('2026-09-16'),
    latest_invoice: { status: 'paid' },
  });
  expect(periodOf(subscription)).toEqual(['2026-11-01', '2026-12-01']);
  expect(linesOf(subscription)).toEqual([
    // 15 of the 30 days of September.
    [500, '2026-09-16', '2026-10-01'],
    [1000, '2026-10-01', '2026-11-01'],
    [1000, '2026-11-01', '2026-12-01'],
  ]);
  wait(31);
  expect((await invoices(subscription.id))[0]).toMatchObject({ status: 'paid', total: 1000 });
});

test('in classic billing mode by a single line, with intervals that begin at the start date', async () => {
  const { subscribe } = await openClub();
  const backdate_start_date = at('2026-09-15');
  expect(linesOf(await subscribe({ backdate_start_date, billing_mode: classic, expand }))).toEqual([
    // A month, and 17 of the 31 days from 15 October on.
    [1548, '2026-09-15', '2026-11-01'],
    [1000, '2026-11-01', '2026-12-01'],
  ]);
});

test('up to a later anchor', async () => {
  const { subscribe, stripe, wait } = await openClub();
  const dates = { backdate_start_date: at('2026-10-01'), billing_cycle_anchor: at('2026-11-16'), expand };
  const flexible = await subscribe(dates);
  expect(periodOf(flexible)).toEqual(['2026-10-16', '2026-11-16']);
  expect(linesOf(flexible)).toEqual([
    // 15 of the 30 days from 16 September on.
    [500, '2026-10-01', '2026-10-16'],
    [1000, '2026-10-16', '2026-11-16'],
  ]);
  const single = await subscribe({ ...dates, billing_mode: classic });
  // A month, and 15 of the 30 days of November.
  expect(linesOf(single)).toEqual([[1500, '2026-10-01', '2026-11-16']]);
  wait(16);
  for (const { id } of [flexible, single]) {
    expect(periodOf(await stripe.subscriptions.retrieve(id))).toEqual(['2026-11-16', '2026-12-16']);
  }
});

test('before a trial', async () => {
  const { subscribe } = await openClub();
  const backdate_start_date = at('2026-10-15');
  const subscription = await subscribe({ backdate_start_date, trial_end: at('2026-11-15'), expand });
  expect(subscription).toMatchObject({
    status: 'trialing',
    start_date: backdate_start_date,
    trial_start: at('2026-11-01'),
  });
  expect(linesOf(subscription)).toEqual([
    // 17 of the 31 days from 15 October on.
    [548, '2026-10-15', '2026-11-01'],
    [0, '2026-11-01', '2026-11-15'],
  ]);
});

test('without prorations only the start date changes', async () => {
  const { subscribe } = await openClub();
  const none = { backdate_start_date: at('2026-09-16'), proration_behavior: 'none', expand } as const;
  const subscription = await subscribe(none);
  expect(subscription.start_date).toBe(at('2026-09-16'));
  expect(linesOf(subscription)).toEqual([[1000, '2026-11-01', '2026-12-01']]);
  const anchored = await subscribe({ ...none, billing_cycle_anchor: at('2026-11-16') });
  expect(anchored).toMatchObject({ start_date: at('2026-09-16'), latest_invoice: { total: 0 } });
});

test('refuses a start in the future, and more lines than an invoice takes', async () => {
  const { stripe, subscribe, price } = await openClub();
  const tomorrow = await failureOf(subscribe({ backdate_start_date: at('2026-11-02') }));
  expect(tomorrow).toMatchObject({ statusCode: 400, param: 'backdate_start_date' });
  const product = price.product as string;
  const daily = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1,
    recurring: { interval: 'day' },
    product,
  });
  const items = [{ price: daily.id }];
  const long = await failureOf(subscribe({ backdate_start_date: at('2026-01-01'), items }));
  expect(long).toMatchObject({ statusCode: 400, param: 'backdate_start_date' });
  expect((await stripe.subscriptions.list({ price: daily.id })).data).toEqual([]);
});
