import { route, type Route } from '../../http/route.js';
import type { SearchFields } from '../../http/search/match.js';
import { searchPage, searchParams } from '../../http/search/search-page.js';
import type { CollectionName } from '../../store/collection-names.js';

const card = 'payment_method_details.*';

/** Source: https://docs.stripe.com/search#query-fields-for-charges and the sections after it. */
const FIELDS = {
  charges: {
    amount: 'numeric',
    'billing_details.address.postal_code': 'token',
    created: 'numeric',
    currency: 'token',
    customer: 'token',
    disputed: 'token',
    [`${card}.brand`]: 'token',
    [`${card}.exp_month`]: 'numeric',
    [`${card}.exp_year`]: 'numeric',
    [`${card}.fingerprint`]: 'token',
    [`${card}.last4`]: 'token',
    refunded: 'token',
    status: 'token',
  },
  customers: { created: 'numeric', email: 'string', name: 'string', phone: 'string' },
  invoices: {
    created: 'numeric',
    currency: 'token',
    customer: 'token',
    'last_finalization_error.code': 'token',
    'last_finalization_error.type': 'token',
    number: 'string',
    receipt_number: 'string',
    status: 'token',
    subscription: 'token',
    total: 'numeric',
  },
  payment_intents: {
    amount: 'numeric',
    created: 'numeric',
    currency: 'token',
    customer: 'token',
    status: 'token',
  },
  prices: { active: 'token', currency: 'token', lookup_key: 'string', product: 'token', type: 'token' },
  products: { active: 'token', description: 'string', name: 'string', shippable: 'token', url: 'string' },
  subscriptions: { canceled_at: 'numeric', created: 'numeric', status: 'token' },
} as const satisfies Record<string, SearchFields>;

/** Where the values of fields are that have moved since they were named. */
const PATHS = { subscription: 'parent.subscription_details.subscription' };

const COLLECTIONS: Record<keyof typeof FIELDS, CollectionName> = {
  charges: 'charges',
  customers: 'customers',
  invoices: 'invoices',
  payment_intents: 'paymentIntents',
  prices: 'prices',
  products: 'products',
  subscriptions: 'subscriptions',
};

/** Indexed fields that a search can use. */
const INDEXED = ['customer', 'product', 'subscription'];

/** Searches: https://docs.stripe.com/search. Unlike Stripe's, they find at once what was just written. */
export const searchRoutes: Route[] = Object.entries(COLLECTIONS).map(([name, collection]) => {
  const resource = name as keyof typeof FIELDS;
  return route({
    method: 'GET',
    path: `/v1/${resource}/search`,
    params: searchParams,
    handle: ({ ctx, params, expanded }) =>
      searchPage(ctx.store.collection(collection), params, {
        resource,
        fields: FIELDS[resource],
        paths: resource === 'invoices' ? PATHS : {},
        indexed: INDEXED,
        isCounted: expanded.includes('total_count'),
      }),
  });
});
