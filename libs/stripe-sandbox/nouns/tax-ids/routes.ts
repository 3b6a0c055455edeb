import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { listPage, listParams } from '../../http/lists.js';
import { fromParam, fromPath, notFound } from '../../http/lookup.js';
import { object, oneOf, required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createParams } from './params.js';
import { createTaxId, deleteTaxId } from './tax-id.js';

const ofCustomer = '/v1/customers/:customer/tax_ids';
const owner = object({ customer: string(), type: required(oneOf('customer', 'self')) });

export const taxIdRoutes: Route[] = [
  route({
    method: 'POST',
    path: ofCustomer,
    params: createParams,
    handle: ({ ctx, params, path }) =>
      createTaxId(ctx, fromPath(ctx.store.customers, path.customer).id, params),
  }),
  route({
    method: 'GET',
    path: ofCustomer,
    params: listParams,
    handle: ({ ctx, params, path }) => {
      const { id: customer } = fromPath(ctx.store.customers, path.customer);
      const url = `/v1/customers/${customer}/tax_ids`;
      return listPage(ctx.store.taxIds, params, { url, where: { customer } });
    },
  }),
  route({
    method: 'GET',
    path: `${ofCustomer}/:id`,
    params: {},
    handle: ({ ctx, path }) => ownedTaxId(ctx, path),
  }),
  route({
    method: 'DELETE',
    path: `${ofCustomer}/:id`,
    params: {},
    handle: ({ ctx, path }) => deleteTaxId(ctx, ownedTaxId(ctx, path)),
  }),
  route({
    method: 'POST',
    path: '/v1/tax_ids',
    params: { ...createParams, owner },
    handle: ({ ctx, params }) => createTaxId(ctx, customerOf(ctx, params.owner), params),
  }),
  route({
    method: 'GET',
    path: '/v1/tax_ids',
    params: { ...listParams, owner },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.taxIds, params, {
        url: '/v1/tax_ids',
        where: { customer: customerOf(ctx, params.owner) },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/tax_ids/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.taxIds, path.id),
  }),
  route({
    method: 'DELETE',
    path: '/v1/tax_ids/:id',
    params: {},
    handle: ({ ctx, path }) => deleteTaxId(ctx, fromPath(ctx.store.taxIds, path.id)),
  }),
];

/** The customer that owns a tax id; null for the account, the default. */
function customerOf(ctx: Context, given?: { customer?: string; type: 'customer' | 'self' }): string | null {
  if (given?.type !== 'customer') return null;
  if (given.customer === undefined) throw failures.missing('owner[customer]');
  return fromParam(ctx.store.customers, given.customer, 'owner[customer]').id;
}

function ownedTaxId(ctx: Context, { customer, id }: { customer: string; id: string }): Stripe.TaxId {
  const taxId = fromPath(ctx.store.taxIds, id);
  if (taxId.customer !== customer) notFound(ctx.store.taxIds, id);
  return taxId;
}
