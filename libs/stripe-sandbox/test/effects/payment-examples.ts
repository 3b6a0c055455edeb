import { cashBalanceOf } from '../../nouns/cash-balance/cash-balance.js';
import type { Context } from '../../context.js';
import type { Example } from './trial.js';
import type { World } from './world.js';

const HOLDER =
  'billing_details[name]=A&billing_details[email]=a@b.example&billing_details[address][postal_code]=1';
const CARD = 'card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123';
/** It has what other types need too, so that its type can be another one. */
const CARD_DATA = `type=card&${CARD}&${HOLDER}&sepa_debit[iban]=DE89370400440532013000`;
const TOKEN_DATA = 'type=card&card[token]=tok_visa';
const ACCOUNT_DATA = `type=sepa_debit&${HOLDER}&sepa_debit[iban]=DE89370400440532013000`;
const METHODS = [CARD_DATA, TOKEN_DATA, ACCOUNT_DATA];

/** A form inside another one. */
const inside = (name: string, form: string): string =>
  form.replaceAll(/(^|&)(\w+)/g, (_all, start: string, key: string) => `${start}${name}[${key}]`);

/** Requests with each type of payment method. */
const withMethods = (more = ''): Example[] =>
  METHODS.map((data) => ({ form: `${inside('payment_method_data', data)}&${more}` }));

const ACCEPTED =
  'mandate_data[customer_acceptance][type]=online&mandate_data[customer_acceptance][online][ip_address]=1.1.1.1&mandate_data[customer_acceptance][online][user_agent]=x';
const ACCEPTED_OFFLINE =
  'mandate_data[customer_acceptance][type]=offline&mandate_data[customer_acceptance][accepted_at]=1';
const PAYMENT = 'amount=5000&currency=usd&allowed_payment_method_types[0]=card';
const DEBIT = 'amount=5000&currency=eur&confirm=true&allowed_payment_method_types[0]=sepa_debit';
export const OLDER = '2026-08-26.dahlia';
export const OLDEST = '2024-06-20';
const RETURN = 'return_url=https://shop.example';
const showCash = (ctx: Context, { id }: { id: string }) => cashBalanceOf(ctx.store, id);

/** Requests about customers, payments and what is sold. */
export const paymentExamples: Record<string, (w: World) => readonly Example[]> = {
  'POST /v1/customers': (w) => [
    { after: showCash },
    { form: `payment_method=${w.loose}` },
    { version: OLDEST },
  ],
  'POST /v1/customers/:customer': () => [{ after: showCash }, { version: OLDEST }],
  'POST /v1/customers/:customer/sources': () => [{ form: 'source=tok_visa' }],
  'POST /v1/payment_methods': () => METHODS.map((form) => ({ form })),
  'POST /v1/payment_methods/:payment_method/attach': (w) => [
    { form: `customer=${w.customer}`, path: { payment_method: w.loose } },
  ],
  'POST /v1/setup_intents': (w) => [
    {},
    ...withMethods(),
    { form: `confirm=true&payment_method=${w.secure}&customer=${w.customer}&${RETURN}&usage=on_session` },
    {
      form: `confirm=true&payment_method=${w.secure}&customer=${w.customer}&use_stripe_sdk=true`,
      compares: true,
    },
    {
      form: `confirm=true&payment_method=${w.secure}&customer=${w.customer}&allowed_payment_method_types[0]=card`,
    },
    {
      form: `confirm=true&payment_method=${w.account}&customer=${w.customer}&allowed_payment_method_types[0]=sepa_debit&${ACCEPTED}`,
    },
    {
      form: `confirm=true&payment_method=${w.account}&customer=${w.customer}&allowed_payment_method_types[0]=sepa_debit&${ACCEPTED_OFFLINE}`,
    },
    { form: 'payment_method_types[0]=card', version: OLDER },
  ],
  'GET /v1/setup_intents/:intent': (w) => [{ form: `client_secret=${w.setupSecret}`, compares: true }],
  'POST /v1/setup_intents/:intent': (w) => [
    {},
    ...withMethods(),
    { path: { intent: w.openSetup } },
    { form: 'payment_method_types[0]=card', version: OLDER },
  ],
  'POST /v1/setup_intents/:intent/confirm': (w) => [
    { form: `payment_method=${w.card}` },
    { form: `payment_method=${w.secure}&${RETURN}` },
    ...withMethods(ACCEPTED).map((each) => ({ ...each, path: { intent: w.debitSetup } })),
    { form: `payment_method=${w.account}&${ACCEPTED_OFFLINE}`, path: { intent: w.debitSetup } },
    { form: `payment_method=${w.card}&client_secret=${w.setupSecret}`, compares: true },
    {
      form: `payment_method=${w.secure}&use_stripe_sdk=true`,
      path: { intent: w.automaticSetup },
      compares: true,
    },
    { form: `payment_method=${w.account}&allowed_payment_method_types[0]=sepa_debit&${ACCEPTED}` },
  ],
  'GET /v1/setup_attempts': (w) => [{ form: `setup_intent=${w.tried}` }],
  'POST /v1/payment_intents': (w) => [
    { form: PAYMENT },
    { form: 'amount=5000&currency=eur' },
    ...withMethods(PAYMENT),
    { form: `${PAYMENT}&customer=${w.customer}&payment_method=${w.card}` },
    { form: `${PAYMENT}&customer=${w.customer}&payment_method=${w.secure}&confirm=true&${RETURN}` },
    {
      form: `amount=5000&currency=usd&customer=${w.customer}&payment_method=${w.secure}&confirm=true&use_stripe_sdk=true`,
      compares: true,
    },
    {
      form: `${PAYMENT}&customer=${w.customer}&payment_method=${w.secure}&confirm=true&off_session=true`,
      isRefused: true,
    },
    {
      form: `${PAYMENT}&customer=${w.customer}&payment_method=${w.secure}&confirm=true&error_on_requires_action=true`,
      isRefused: true,
    },
    { form: `${DEBIT}&customer=${w.customer}&payment_method=${w.account}&${ACCEPTED}` },
    { form: `${DEBIT}&customer=${w.customer}&payment_method=${w.account}&${ACCEPTED_OFFLINE}` },
    { form: `${DEBIT}&customer=${w.customer}&payment_method=${w.account}` },
    {
      form: `amount=5000&currency=eur&confirm=true&allowed_payment_method_types[0]=customer_balance&customer=${w.customer}&payment_method_data[type]=customer_balance`,
    },
    { form: 'amount=5000&currency=eur&payment_method_types[0]=card', version: OLDER },
  ],
  'GET /v1/payment_intents/:intent': (w) => [{ form: `client_secret=${w.secret}`, compares: true }],
  'POST /v1/payment_intents/:intent': (w) => [
    {},
    ...withMethods(),
    { path: { intent: w.blank } },
    { path: { intent: w.debit } },
    { path: { intent: w.debit }, form: 'payment_method_types[0]=card', version: OLDER },
  ],
  'POST /v1/payment_intents/:intent/confirm': (w) => [
    { form: `payment_method=${w.card}` },
    { form: `payment_method=${w.secure}&${RETURN}` },
    { form: `payment_method=${w.secure}&off_session=true`, isRefused: true },
    { form: `payment_method=${w.secure}&${RETURN}&error_on_requires_action=true`, isRefused: true },
    { form: `payment_method=${w.card}&client_secret=${w.secret}`, compares: true },
    { form: `payment_method=${w.secure}&use_stripe_sdk=true`, path: { intent: w.debit }, compares: true },
    ...withMethods(`${ACCEPTED}&${RETURN}`).map((each) => ({ ...each, path: { intent: w.debit } })),
    { form: `payment_method=${w.account}&${ACCEPTED_OFFLINE}&${RETURN}`, path: { intent: w.debit } },
    { form: `payment_method=${w.account}&${RETURN}`, path: { intent: w.debit } },
    {
      form: `payment_method=${w.card}&payment_method_types[0]=card&${RETURN}`,
      path: { intent: w.debit },
      version: OLDER,
    },
  ],
  'POST /v1/payment_intents/:intent/capture': (w) => [{ path: { intent: w.held } }],
  'POST /v1/payment_intents/:intent/apply_customer_balance': (w) => [
    { path: { intent: w.transfer } },
    { form: 'currency=eur', path: { intent: w.transfer }, compares: true },
  ],
  'POST /v1/charges': (w) => [
    { form: 'amount=900&currency=usd&source=tok_visa' },
    { form: `amount=900&currency=usd&customer=${w.customer}` },
    { form: `amount=900&currency=usd&customer=${w.customer}&source=${w.source}` },
  ],
  'POST /v1/charges/:charge/capture': (w) => [{ path: { charge: w.heldCharge } }],
  'POST /v1/charges/:charge': (w) => [{}, { path: { charge: w.plainCharge } }],
  'POST /v1/refunds': (w) => [{ form: `payment_intent=${w.paid}` }, { form: `charge=${w.charge}` }],
  'POST /v1/tokens': () => [{ form: CARD }, { form: CARD.replace('&card[cvc]=123', '') }],
  'POST /v1/products': () => [
    { form: 'name=Mug' },
    { form: 'name=Mug&default_price_data[currency]=usd&default_price_data[unit_amount]=900' },
  ],
  'POST /v1/prices': (w) => [
    { form: `currency=usd&unit_amount=900&product=${w.product}` },
    { form: 'currency=usd&unit_amount_decimal=900&product_data[name]=Mug' },
    { form: `currency=usd&unit_amount=900&product=${w.product}&recurring[interval]=month` },
    {
      form: `currency=usd&unit_amount=900&product=${w.product}&lookup_key=monthly&transfer_lookup_key=true`,
      compares: true,
    },
  ],
  'POST /v1/prices/:price': (w) => [
    {},
    { form: 'lookup_key=monthly&transfer_lookup_key=true', path: { price: w.yearly }, compares: true },
  ],
  'POST /v1/plans': (w) => [
    { form: `currency=usd&interval=month&amount=900&product=${w.product}` },
    { form: 'currency=usd&interval=month&amount_decimal=900&product[name]=Club' },
  ],
  'POST /v1/coupons': () => [
    { form: 'percent_off=25', after: (ctx, { id }: { id: string }) => ctx.store.couponProducts.get(id) },
    { form: 'amount_off=500&currency=usd' },
    { form: 'percent_off=25&duration=repeating&duration_in_months=3' },
  ],
  'POST /v1/promotion_codes': (w) => [
    { form: `promotion[type]=coupon&promotion[coupon]=${w.coupon}` },
    {
      form: `promotion[type]=coupon&promotion[coupon]=${w.coupon}&restrictions[minimum_amount]=100&restrictions[minimum_amount_currency]=usd`,
    },
    { form: `coupon=${w.coupon}`, version: OLDEST },
  ],
};
