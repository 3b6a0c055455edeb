import type Stripe from 'stripe';
import { toCardSource } from '../nouns/payment-methods/card-source.js';
import type { CollectionName } from '../store/collection-names.js';
import type { Store } from '../store/store.js';

/** How to expand a field: the collection that its id refers to, or a function for what is only shown on expansion. */
export type Expander = CollectionName | ((id: string, store: Store) => unknown);

/** How a type of object appears in errors and expansions. */
export interface Resource {
  /** Its name in "No such <name>: 'id'". */
  called: string;
  /** The `param` Stripe names when an id in the path is unknown. */
  pathParam: string;
  /** Expandable fields by their dotted path, without arrays and lists. */
  expandable: Record<string, Expander>;
}

/** For references that Stripe can expand, but that are always null here: there is no Connect, mandate or review. */
const nothing = (): null => null;

/** By `object`. */
export const resources: Record<string, Resource> = {
  customer: {
    called: 'customer',
    pathParam: 'id',
    expandable: {
      default_source: (id, store) => defaultCard(store, id),
      'invoice_settings.default_payment_method': 'paymentMethods',
      subscriptions: (id, store) => ({
        object: 'list',
        data: [...store.subscriptions.newestFirst({ where: { customer: id } })],
        has_more: false,
        url: `/v1/customers/${id}/subscriptions`,
      }),
      test_clock: 'testClocks',
    },
  },
  card: { called: 'source', pathParam: 'id', expandable: { customer: 'customers' } },
  payment_method: {
    called: 'PaymentMethod',
    pathParam: 'payment_method',
    expandable: { customer: 'customers' },
  },
  setup_intent: {
    called: 'setupintent',
    pathParam: 'intent',
    expandable: {
      application: nothing,
      customer: 'customers',
      latest_attempt: 'setupAttempts',
      mandate: nothing,
      on_behalf_of: nothing,
      payment_method: 'paymentMethods',
      single_use_mandate: nothing,
    },
  },
  setup_attempt: {
    called: 'setupattempt',
    pathParam: 'id',
    expandable: {
      application: nothing,
      customer: 'customers',
      on_behalf_of: nothing,
      payment_method: 'paymentMethods',
      setup_intent: 'setupIntents',
    },
  },
  payment_intent: {
    called: 'payment_intent',
    pathParam: 'intent',
    expandable: {
      application: nothing,
      customer: 'customers',
      latest_charge: 'charges',
      on_behalf_of: nothing,
      payment_method: 'paymentMethods',
      review: nothing,
    },
  },
  charge: {
    called: 'charge',
    pathParam: 'id',
    expandable: {
      application: nothing,
      application_fee: nothing,
      balance_transaction: 'balanceTransactions',
      customer: 'customers',
      failure_balance_transaction: nothing,
      on_behalf_of: nothing,
      payment_intent: 'paymentIntents',
      review: nothing,
      source_transfer: nothing,
      refunds: (id, store) =>
        firstPage([...store.refunds.newestFirst({ where: { charge: id } })], `/v1/charges/${id}/refunds`),
    },
  },
  balance_transaction: {
    called: 'balance transaction',
    pathParam: 'id',
    expandable: { source: sourceOfFunds },
  },
  balance: { called: 'balance', pathParam: 'id', expandable: {} },
  account: { called: 'account', pathParam: 'account', expandable: {} },
  refund: {
    called: 'refund',
    pathParam: 'refund',
    expandable: {
      charge: 'charges',
      customer: 'customers',
      payment_intent: 'paymentIntents',
      payment_method: 'paymentMethods',
      balance_transaction: 'balanceTransactions',
      failure_balance_transaction: 'balanceTransactions',
      source_transfer_reversal: nothing,
      transfer_reversal: nothing,
    },
  },
  product: { called: 'product', pathParam: 'id', expandable: { default_price: 'prices' } },
  plan: { called: 'plan', pathParam: 'plan', expandable: { product: 'products' } },
  price: { called: 'price', pathParam: 'price', expandable: { product: 'products' } },
  'checkout.session': {
    called: 'checkout.session',
    pathParam: 'session',
    expandable: {
      customer: 'customers',
      line_items: (id, store) => {
        const lines = [...store.lineItems.oldestFirst({ where: { session: id } })];
        return {
          object: 'list',
          data: lines.slice(0, 10).map(({ item }) => item),
          has_more: lines.length > 10,
          url: `/v1/checkout/sessions/${id}/line_items`,
        };
      },
      payment_intent: 'paymentIntents',
      setup_intent: 'setupIntents',
      subscription: 'subscriptions',
      invoice: 'invoices',
    },
  },
  item: { called: 'line_item', pathParam: 'id', expandable: {} },
  subscription: {
    called: 'subscription',
    pathParam: 'id',
    expandable: {
      customer: 'customers',
      default_payment_method: 'paymentMethods',
      latest_invoice: 'invoices',
      pending_setup_intent: 'setupIntents',
      test_clock: 'testClocks',
    },
  },
  subscription_item: { called: 'subscription_item', pathParam: 'item', expandable: {} },
  invoice: {
    called: 'invoice',
    pathParam: 'invoice',
    expandable: {
      customer: 'customers',
      default_payment_method: 'paymentMethods',
      'parent.subscription_details.subscription': 'subscriptions',
      test_clock: 'testClocks',
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
    expandable: { customer: 'customers', invoice: 'invoices', test_clock: 'testClocks' },
  },
  invoice_payment: {
    called: 'invoice_payment',
    pathParam: 'id',
    expandable: {
      invoice: 'invoices',
      'payment.payment_intent': 'paymentIntents',
      'payment.charge': 'charges',
    },
  },
  dispute: {
    called: 'dispute',
    pathParam: 'dispute',
    expandable: { charge: 'charges', payment_intent: 'paymentIntents' },
  },
  'radar.early_fraud_warning': {
    called: 'early_fraud_warning',
    pathParam: 'early_fraud_warning',
    expandable: { charge: 'charges', payment_intent: 'paymentIntents' },
  },
  event: { called: 'event', pathParam: 'id', expandable: {} },
  webhook_endpoint: { called: 'webhook endpoint', pathParam: 'id', expandable: {} },
  'test_helpers.test_clock': { called: 'test clock', pathParam: 'test_clock', expandable: {} },
};

/** A customer's default source: only cards here. */
function defaultCard(store: Store, customer: string): Stripe.Card | null {
  const id = store.customers.get(customer)?.default_source as string | null;
  const card = store.paymentMethods.get(id ?? '');
  return card ? toCardSource(card) : null;
}

/** What moved the funds of a balance transaction. */
function sourceOfFunds(id: string, { balanceTransactions, charges, refunds, disputes }: Store): unknown {
  const source = balanceTransactions.get(id)!.source as string;
  return charges.get(source) ?? refunds.get(source) ?? disputes.get(source) ?? source;
}

/** A list inside an object: its first ten items. */
function firstPage(items: readonly object[], url: string) {
  return { object: 'list', data: items.slice(0, 10), has_more: items.length > 10, url };
}
