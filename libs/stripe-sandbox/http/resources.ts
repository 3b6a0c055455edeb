import type Stripe from 'stripe';
import { cashBalanceOf } from '../nouns/cash-balance/cash-balance.js';
import { toCardSource } from '../nouns/payment-methods/card-source.js';
import type { Store } from '../store/store.js';

/** Makes the value of a field of the resource with this id. */
type Expander = (id: string, store: Store) => unknown;

/** How a type of object appears in errors and expansions. */
export interface Resource {
  /** Its name in "No such <name>: 'id'". */
  called: string;
  /** The `param` Stripe names when an id in the path is unknown. */
  pathParam: string;
  /** Fields that are only shown on expansion, by their dotted path. References are in `expandable-fields.ts`. */
  onlyExpanded?: Record<string, Expander>;
}

/** By `object`. */
export const resources: Record<string, Resource> = {
  customer: {
    called: 'customer',
    pathParam: 'id',
    onlyExpanded: {
      // null for a customer that never had any.
      cash_balance: (id, store) => (store.cashFacts.get(id) ? cashBalanceOf(store, id) : null),
      default_source: (id, store) => defaultCard(store, id),
      invoice_credit_balance: () => ({}),
      sources: (id, store) => firstPage(cardsOf(store, id), `/v1/customers/${id}/sources`),
      tax: () => ({
        automatic_tax: 'unrecognized_location',
        ip_address: null,
        location: null,
        provider: 'stripe',
      }),
      tax_ids: (id, store) =>
        firstPage([...store.taxIds.newestFirst({ where: { customer: id } })], `/v1/customers/${id}/tax_ids`),
      subscriptions: (id, store) => ({
        object: 'list',
        data: [...store.subscriptions.newestFirst({ where: { customer: id } })],
        has_more: false,
        url: `/v1/customers/${id}/subscriptions`,
      }),
    },
  },
  card: { called: 'source', pathParam: 'id' },
  payment_method: {
    called: 'PaymentMethod',
    pathParam: 'payment_method',
  },
  setup_intent: {
    called: 'setupintent',
    pathParam: 'intent',
  },
  setup_attempt: {
    called: 'setupattempt',
    pathParam: 'id',
  },
  payment_intent: {
    called: 'payment_intent',
    pathParam: 'intent',
  },
  charge: {
    called: 'charge',
    pathParam: 'id',
    onlyExpanded: {
      refunds: (id, store) =>
        firstPage([...store.refunds.newestFirst({ where: { charge: id } })], `/v1/charges/${id}/refunds`),
    },
  },
  balance_transaction: {
    called: 'balance transaction',
    pathParam: 'id',
  },
  balance: { called: 'balance', pathParam: 'id' },
  account: { called: 'account', pathParam: 'account' },
  refund: {
    called: 'refund',
    pathParam: 'refund',
  },
  product: { called: 'product', pathParam: 'id' },
  plan: { called: 'plan', pathParam: 'plan' },
  price: { called: 'price', pathParam: 'price' },
  coupon: {
    called: 'coupon',
    pathParam: 'coupon',
    onlyExpanded: { applies_to: (id, store) => appliesTo(store, id) },
  },
  promotion_code: { called: 'promotion code', pathParam: 'promotion_code' },
  discount: { called: 'discount', pathParam: 'id' },
  'checkout.session': {
    called: 'checkout.session',
    pathParam: 'session',
    onlyExpanded: {
      'total_details.breakdown': (id, store) => ({ discounts: sessionDiscounts(store, id), taxes: [] }),
      line_items: (id, store) => {
        const lines = [...store.lineItems.oldestFirst({ where: { session: id } })];
        return {
          object: 'list',
          data: lines.slice(0, 10).map(({ item }) => item),
          has_more: lines.length > 10,
          url: `/v1/checkout/sessions/${id}/line_items`,
        };
      },
    },
  },
  item: { called: 'line_item', pathParam: 'id' },
  subscription: {
    called: 'subscription',
    pathParam: 'id',
  },
  subscription_item: { called: 'subscription_item', pathParam: 'item' },
  invoice: {
    called: 'invoice',
    pathParam: 'invoice',
    onlyExpanded: {
      confirmation_secret: (id, store) => {
        const [payment] = store.invoicePayments.newestFirst({ where: { invoice: id } });
        const intent = store.paymentIntents.get((payment?.payment.payment_intent as string) ?? '');
        return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : null;
      },
      payments: (id, store) => ({
        object: 'list',
        data: [...store.invoicePayments.newestFirst({ where: { invoice: id } })],
        has_more: false,
        url: `/v1/invoice_payments?invoice=${id}`,
      }),
    },
  },
  invoiceitem: {
    called: 'invoiceitem',
    pathParam: 'id',
  },
  invoice_payment: {
    called: 'invoice_payment',
    pathParam: 'id',
  },
  mandate: { called: 'mandate', pathParam: 'mandate' },
  token: { called: 'token', pathParam: 'token' },
  dispute: {
    called: 'dispute',
    pathParam: 'dispute',
  },
  'radar.early_fraud_warning': {
    called: 'early_fraud_warning',
    pathParam: 'early_fraud_warning',
  },
  event: { called: 'event', pathParam: 'id' },
  webhook_endpoint: { called: 'webhook endpoint', pathParam: 'id' },
  subscription_schedule: { called: 'subscription schedule', pathParam: 'schedule' },
  tax_id: { called: 'tax_id', pathParam: 'id' },
  credit_note: { called: 'credit note', pathParam: 'id' },
  credit_note_line_item: { called: 'credit note line item', pathParam: 'id' },
  cash_balance: { called: 'cash balance', pathParam: 'customer' },
  funding_instructions: { called: 'funding instructions', pathParam: 'customer' },
  customer_cash_balance_transaction: { called: 'customer cash balance transaction', pathParam: 'id' },
  customer_balance_transaction: { called: 'customer balance transaction', pathParam: 'id' },
  'billing_portal.configuration': {
    called: 'configuration',
    pathParam: 'configuration',
    onlyExpanded: {
      'features.subscription_update.products': (id, store) => store.portalProducts.get(id)!.products,
    },
  },
  'billing_portal.session': { called: 'billing_portal.session', pathParam: 'id' },
  'test_helpers.test_clock': { called: 'test clock', pathParam: 'test_clock' },
};

/** What the discount of a session takes off. */
function sessionDiscounts(store: Store, id: string) {
  const amount = store.checkoutSessions.get(id)?.total_details?.amount_discount;
  const discount = store.discounts.get(store.checkoutFacts.get(id)?.discount ?? '');
  return amount !== undefined && discount ? [{ amount, discount }] : [];
}

/** The products that a coupon applies to; Stripe omits them for a coupon that applies to all. */
function appliesTo(store: Store, coupon: string): Stripe.Coupon.AppliesTo | undefined {
  const found = store.couponProducts.get(coupon);
  return found && { products: found.products };
}

/** A customer's default source: only cards here. */
function defaultCard(store: Store, customer: string): Stripe.Card | null {
  const id = store.customers.get(customer)?.default_source as string | null;
  const card = store.paymentMethods.get(id ?? '');
  return card ? toCardSource(card) : null;
}

/** A customer's sources: only cards here. */
function cardsOf(store: Store, customer: string): Stripe.Card[] {
  const paymentMethods = [...store.paymentMethods.newestFirst({ where: { customer } })];
  return paymentMethods.filter(({ id }) => id.startsWith('card_')).map((each) => toCardSource(each));
}

/** A list inside an object: its first ten items. */
function firstPage(items: readonly object[], url: string) {
  return { object: 'list', data: items.slice(0, 10), has_more: items.length > 10, url };
}
