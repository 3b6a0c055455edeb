import { payCheckout } from '../../nouns/checkout-sessions/pay.js';
import { resolvePaymentMethod } from '../../nouns/payment-methods/payment-method.js';
import type { Context } from '../../context.js';
import type { Example } from './trial.js';
import type { World } from './world.js';
import { OLDER, OLDEST } from './payment-examples.js';

/** What a person enters on a session's page. */
const ENTERED = {
  address: { line1: '1 New St', country: 'US' },
  shipping: { name: 'Bea', address: { line1: '2 New St', country: 'DE' } },
};

/** Pays a session with a card. */
const payWith =
  (card: string) =>
  (ctx: Context, { id }: { id: string }) =>
    payCheckout(ctx, ctx.store.checkoutSessions.get(id)!, resolvePaymentMethod(ctx, card, 'card'), ENTERED);

const SESSION = 'success_url=https://shop.example/thanks';
const LINE =
  'line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1000&line_items[0][price_data][product_data][name]=Mug&line_items[0][quantity]=2';

/** Requests that preview an invoice. */
const previews = (w: World): string[] => [
  `customer=${w.customer}`,
  `subscription=${w.active}`,
  `subscription=${w.active}&subscription_details[items][0][id]=${w.item}&subscription_details[items][0][price]=${w.dearest}`,
  `customer=${w.customer}&subscription_details[items][0][price]=${w.monthly}`,
  `customer=${w.customer}&invoice_items[0][amount]=500&invoice_items[0][currency]=usd`,
  `subscription=${w.classic}&subscription_details[billing_mode][type]=flexible&subscription_details[items][0][id]=${w.classicItem}&subscription_details[items][0][price]=${w.dearest}`,
];

const creditLine = (nth: number): string =>
  `lines[${nth}][type]=custom_line_item&lines[${nth}][unit_amount]=100&lines[${nth}][quantity]=1&lines[${nth}][description]=x`;

const CREDITS = (w: World): Example[] => [
  { form: `invoice=${w.settled}&${creditLine(0)}&${creditLine(1)}&credit_amount=200` },
  { form: `invoice=${w.settled}&amount=200&refund_amount=200` },
  {
    form: `invoice=${w.settled}&amount=200&refund_amount=100&credit_amount=50&out_of_band_amount=50`,
    compares: true,
  },
  { form: `invoice=${w.settled}&refunds[0][refund]=${w.returned}&amount=300`, compares: true },
  {
    form: `invoice=${w.settled}&lines[0][type]=invoice_line_item&lines[0][invoice_line_item]=${w.line}&lines[0][quantity]=1&credit_amount=1200`,
    compares: true,
  },
  {
    form: `invoice=${w.settled}&lines[0][type]=custom_line_item&lines[0][unit_amount]=100&lines[0][quantity]=2&lines[0][description]=x&refund_amount=200`,
    compares: true,
  },
  {
    form: `invoice=${w.settled}&lines[0][type]=invoice_line_item&lines[0][invoice_line_item]=${w.line}&lines[0][amount]=200&credit_amount=200`,
    compares: true,
  },
];

const FIELD =
  'custom_fields[0][key]=a&custom_fields[0][label][type]=custom&custom_fields[0][label][custom]=A';
const PORTAL = 'features[invoice_history][enabled]=true';
const PORTAL_PRODUCTS = (w: World): string =>
  `${PORTAL}&features[subscription_update][enabled]=true&features[subscription_update][default_allowed_updates][0]=price&features[subscription_update][products][0][product]=${w.product}&features[subscription_update][products][0][prices][0]=${w.dearer}&features[subscription_update][products][0][adjustable_quantity][enabled]=true`;
const showProducts = (ctx: Context, { id }: { id: string }) => ctx.store.portalProducts.get(id);
const phase = (price: string) => `phases[0][items][0][price]=${price}&phases[0][duration][interval]=month`;

/** Requests about sessions, subscriptions, invoices and the rest. */
export const billingExamples: Record<string, (w: World) => readonly Example[]> = {
  'POST /v1/checkout/sessions': (w) => [
    {
      form: `${SESSION}&mode=payment&line_items[0][price]=${w.once}&line_items[0][quantity]=2`,
      after: payWith('pm_card_visa'),
    },
    { form: `${SESSION}&mode=payment&customer=${w.customer}&${LINE}`, after: payWith('pm_card_visa') },
    {
      form: `${SESSION}&mode=payment&customer=${w.customer}&${LINE}&saved_payment_method_options[payment_method_save]=enabled`,
    },
    {
      form: `${SESSION}&mode=payment&customer=${w.customer}&${LINE}&shipping_address_collection[allowed_countries][0]=DE`,
      after: payWith(w.named),
    },
    {
      form: `${SESSION}&mode=payment&${LINE}&invoice_creation[enabled]=true`,
      after: payWith('pm_card_visa'),
    },
    { form: `${SESSION}&mode=payment&${LINE}&${FIELD}&custom_fields[0][type]=text` },
    { form: `${SESSION}&mode=payment&${LINE}&${FIELD}&custom_fields[0][type]=numeric` },
    {
      form: `${SESSION}&mode=payment&${LINE}&${FIELD}&custom_fields[0][type]=dropdown&custom_fields[0][dropdown][options][0][label]=a&custom_fields[0][dropdown][options][0][value]=ABC`,
    },
    {
      form: `${SESSION}&mode=subscription&line_items[0][price]=${w.monthly}&line_items[0][quantity]=1`,
      after: payWith('pm_card_visa'),
    },
    {
      form: `${SESSION}&mode=subscription&${LINE}&line_items[0][price_data][recurring][interval]=month`,
      after: payWith('pm_card_visa'),
    },
    {
      form: `${SESSION}&mode=subscription&line_items[0][price]=${w.monthly}&line_items[0][quantity]=1`,
      compares: true,
    },
    { form: `${SESSION}&mode=setup&currency=usd`, after: payWith('pm_card_visa') },
    {
      form: `${SESSION}&mode=payment&customer=${w.customer}&allowed_payment_method_types[0]=customer_balance&${LINE.replace('usd', 'eur')}`,
    },
    {
      form: `${SESSION}&mode=payment&payment_method_types[0]=card&${LINE.replace('usd', 'eur')}`,
      version: OLDER,
    },
  ],
  'POST /v1/payment_pages/:session/confirm': () => [
    { form: 'payment_method=pm_card_visa' },
    { form: 'payment_method=pm_card_visa&expected_amount=2100', compares: true },
  ],
  'POST /v1/subscriptions': (w) => [
    { form: `customer=${w.customer}&items[0][price]=${w.monthly}`, days: 70 },
    { form: `customer=${w.customer}&items[0][price]=${w.monthly}&trial_period_days=10`, days: 70 },
    { form: `customer=${w.customer}&items[0][price]=${w.monthly}&default_payment_method=${w.failing}` },
    {
      form: `customer=${w.customer}&items[0][price]=${w.monthly}&default_payment_method=${w.ready}&off_session=true`,
    },
    {
      form: `customer=${w.other}&items[0][price]=${w.monthly}&collection_method=send_invoice&days_until_due=10`,
      compares: true,
    },
    { form: `customer=${w.customer}&items[0][plan]=${w.plan}` },
    { form: `customer=${w.customer}&items[0][price]=${w.withTrial}` },
    {
      form: `customer=${w.customer}&items[0][price]=${w.yearly}&billing_cycle_anchor_config[day_of_month]=5`,
    },
    { form: `customer=${w.customer}&items[0][price]=${w.monthly}&add_invoice_items[0][price]=${w.once}` },
    {
      form: `customer=${w.customer}&items[0][price]=${w.monthly}&add_invoice_items[0][price]=${w.once}&discounts[0][coupon]=${w.coupon}`,
    },
    { form: `customer=${w.customer}&items[0][price]=${w.monthly}`, version: OLDEST },
    {
      form: `customer=${w.customer}&items[0][price]=${w.monthly}&discounts[0][discount]=${w.discount}`,
      compares: true,
      isRefused: true,
    },
  ],
  'POST /v1/subscriptions/:id': (w) => [
    { days: 70 },
    { form: `items[0][id]=${w.item}&items[0][price]=${w.dearest}`, days: 70 },
    { form: `items[0][id]=${w.item}&items[0][quantity]=2` },
    { form: `add_invoice_items[0][price]=${w.once}&proration_behavior=always_invoice`, days: 40 },
    {
      form: `items[0][id]=${w.watchedItem}&items[0][price]=${w.dearest}&proration_behavior=always_invoice&off_session=true`,
      path: { id: w.watched },
    },
    { form: 'pause_collection[behavior]=void', days: 40 },
    { path: { id: w.trial }, days: 70 },
    { path: { id: w.invoiced } },
    { version: OLDEST },
    { form: `items[0][id]=${w.item}&items[0][price]=${w.withTrial}` },
    { form: `discounts[0][discount]=${w.discount}`, compares: true, isRefused: true },
  ],
  'POST /v1/subscriptions/:id/migrate': (w) => [
    { form: 'billing_mode[type]=flexible', path: { id: w.classic } },
  ],
  'POST /v1/subscriptions/:id/resume': (w) => [{ path: { id: w.paused } }],
  'POST /v1/subscription_items': (w) => [
    { form: `subscription=${w.active}&price=${w.dearest}` },
    { form: `subscription=${w.watched}&price=${w.dearest}&proration_behavior=always_invoice` },
    {
      form: `subscription=${w.active}&price=${w.dearest}&discounts[0][discount]=${w.discount}`,
      compares: true,
    },
  ],
  'GET /v1/subscription_items': (w) => [{ form: `subscription=${w.active}` }],
  'POST /v1/subscription_items/:item': (w) => [
    {},
    { form: `price=${w.dearest}` },
    { form: `price=${w.dearest}&proration_behavior=always_invoice`, path: { item: w.watchedItem } },
  ],
  'DELETE /v1/subscription_items/:item': (w) => [{ path: { item: w.second } }],
  'POST /v1/invoices/create_preview': (w) => [
    ...previews(w).map((form) => ({ form })),
    { form: `customer=${w.customer}&currency=usd`, compares: true },
    { form: `subscription=${w.active}&subscription_details[cancel_at_period_end]=true`, isRefused: true },
    { form: `customer=${w.customer}&discounts[0][discount]=${w.discount}`, compares: true, isRefused: true },
  ],
  'GET /v1/invoices/upcoming': (w) => [
    ...previews(w).map((form) => ({ form, version: OLDEST })),
    { form: `customer=${w.customer}&subscription_items[0][price]=${w.monthly}`, version: OLDEST },
    {
      form: `subscription=${w.active}&subscription_items[0][id]=${w.item}&subscription_items[0][price]=${w.dearest}`,
      version: OLDEST,
    },
    { form: `customer=${w.customer}&currency=usd`, compares: true, version: OLDEST },
    {
      form: `subscription=${w.active}&subscription_details[cancel_at_period_end]=true`,
      isRefused: true,
      version: OLDEST,
    },
    {
      form: `customer=${w.customer}&discounts[0][discount]=${w.discount}`,
      compares: true,
      isRefused: true,
      version: OLDEST,
    },
  ],
  'POST /v1/invoices': (w) => [
    { form: `customer=${w.customer}&collection_method=send_invoice&due_date=${w.now + 86_400}` },
    { form: `customer=${w.customer}`, days: 3 },
    {
      form: `customer=${w.customer}&collection_method=send_invoice&days_until_due=10`,
      days: 3,
      compares: true,
    },
    {
      form: `customer=${w.customer}&auto_advance=true&discounts[0][discount]=${w.discount}`,
      compares: true,
      isRefused: true,
    },
  ],
  'POST /v1/invoices/:invoice': (w) => [
    { days: 3 },
    { form: 'auto_advance=true' },
    { path: { invoice: w.sending } },
    { form: `discounts[0][discount]=${w.discount}`, compares: true, isRefused: true },
  ],
  'POST /v1/invoices/:invoice/pay': (w) => [
    { path: { invoice: w.open } },
    { path: { invoice: w.toPay }, compares: true },
  ],
  'POST /v1/invoices/:invoice/finalize': () => [{ days: 3 }],
  'GET /v1/invoices/:invoice/lines': (w) => [{ path: { invoice: w.settled } }],
  'POST /v1/invoiceitems': (w) => [
    { form: `customer=${w.customer}&amount=500&currency=usd` },
    { form: `customer=${w.customer}&pricing[price]=${w.once}` },
    { form: `customer=${w.customer}&price=${w.once}`, version: OLDEST },
    { form: `customer=${w.customer}&currency=usd&unit_amount=500`, version: OLDEST },
    {
      form: `customer=${w.customer}&price_data[currency]=usd&price_data[product]=${w.product}&price_data[unit_amount]=500`,
    },
    { form: `customer=${w.customer}&currency=usd&unit_amount_decimal=500` },
    {
      form: `customer=${w.customer}&amount=500&currency=usd&discounts[0][discount]=${w.discount}`,
      compares: true,
      isRefused: true,
    },
  ],
  'POST /v1/invoiceitems/:invoiceitem': (w) => [
    {},
    { version: OLDEST },
    { form: `discounts[0][discount]=${w.discount}`, compares: true, isRefused: true },
  ],
  'POST /v1/subscription_schedules': (w) => [
    { form: `from_subscription=${w.classic}` },
    { form: `from_subscription=${w.classic}`, compares: true },
    { form: `customer=${w.customer}&start_date=now&${phase(w.monthly)}`, days: 70 },
    {
      form: `customer=${w.customer}&start_date=now&${phase(w.monthly)}&phases[1][items][0][price]=${w.dearest}&phases[1][duration][interval]=month`,
      days: 70,
    },
  ],
  'POST /v1/subscription_schedules/:id': (w) => [
    { path: { id: w.future } },
    { path: { id: w.future }, form: phase(w.dearest), days: 70 },
    {
      path: { id: w.schedule },
      form: `phases[0][items][0][price]=${w.dearest}&phases[0][start_date]=${w.phaseStart}&phases[0][end_date]=${w.now + 20 * 86_400}`,
      compares: true,
    },
  ],
  'POST /v1/subscription_schedules/:id/cancel': (w) => [{ path: { id: w.schedule } }],
  'POST /v1/customers/:customer/tax_ids': () => [{ form: 'type=eu_vat&value=DE123456789' }],
  'POST /v1/tax_ids': (w) => [
    { form: 'type=eu_vat&value=DE123456789' },
    { form: `type=eu_vat&value=DE123456789&owner[type]=customer&owner[customer]=${w.customer}` },
  ],
  'GET /v1/tax_ids': (w) => [{}, { form: `owner[type]=customer&owner[customer]=${w.customer}` }],
  'POST /v1/customers/:customer/balance_transactions': () => [{ form: 'amount=-50&currency=usd' }],
  'GET /v1/customers/:customer/balance_transactions': (w) => [{ path: { customer: w.other } }],
  'POST /v1/customers/:customer/cash_balance': () => [{}],
  'POST /v1/customers/:customer/funding_instructions': () => [
    { form: 'currency=usd&funding_type=bank_transfer&bank_transfer[type]=us_bank_transfer', compares: true },
    {
      form: 'currency=eur&funding_type=bank_transfer&bank_transfer[type]=eu_bank_transfer&bank_transfer[eu_bank_transfer][country]=DE',
    },
  ],
  'POST /v1/test_helpers/customers/:customer/fund_cash_balance': () => [{ form: 'amount=500&currency=eur' }],
  'POST /v1/credit_notes': CREDITS,
  'GET /v1/credit_notes/preview': CREDITS,
  'GET /v1/credit_notes/preview/lines': CREDITS,
  'GET /v1/credit_notes/:id/lines': (w) => [{ path: { id: w.lined } }],
  'POST /v1/billing_portal/configurations': (w) => [
    { form: PORTAL },
    { form: PORTAL_PRODUCTS(w), after: showProducts },
  ],
  'POST /v1/billing_portal/configurations/:configuration': (w) => [
    {},
    { form: 'features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=immediately' },
    { form: PORTAL_PRODUCTS(w), after: showProducts, compares: true },
  ],
  'POST /v1/billing_portal/sessions': (w) => [{ form: `customer=${w.customer}` }],
  'POST /v1/webhook_endpoints': () => [
    { form: 'url=https://shop.example/hook&enabled_events[0]=balance.available' },
  ],
  'POST /v1/events/:id/retry': (w) => [
    { form: `webhook_endpoint=${w.endpoint2}`, after: (ctx) => [...ctx.store.deliveries.newestFirst()] },
  ],
  'POST /v1/test_helpers/test_clocks': (w) => [{ form: `frozen_time=${w.now}` }],
  'POST /v1/test_helpers/test_clocks/:test_clock/advance': (w) => [{ form: `frozen_time=${w.now + 1000}` }],
  ...Object.fromEntries(
    Object.entries({
      charges: 'amount>100',
      customers: "email~'example'",
      invoices: 'total>=0',
      payment_intents: 'amount>100',
      prices: "active:'true'",
      products: "active:'true'",
      subscriptions: "status:'active'",
    }).map(([noun, query]) => [
      `GET /v1/${noun}/search`,
      () => [
        { form: `query=${encodeURIComponent(query)}&limit=1` },
        { form: `query=${encodeURIComponent(query)}` },
      ],
    ]),
  ),
};
