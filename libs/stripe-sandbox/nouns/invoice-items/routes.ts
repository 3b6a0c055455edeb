import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { listPage, listParams } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { boolean, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { deleteInvoiceItem, updateInvoiceItem } from './change.js';
import { createInvoiceItem } from './create.js';
import { createParams, updateParams } from './params.js';

export const invoiceItemRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoiceitems',
    params: createParams,
    handle: ({ ctx, params }) => createInvoiceItem(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/invoiceitems',
    params: {
      ...listParams,
      customer: string(),
      invoice: string(),
      pending: boolean(),
    },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.invoiceItems, params, {
        url: '/v1/invoiceitems',
        where: { customer: params.customer, invoice: params.invoice, isPending: params.pending },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/invoiceitems/:invoiceitem',
    params: {},
    handle: ({ ctx, path }) => itemFromPath(ctx, path.invoiceitem),
  }),
  route({
    method: 'POST',
    path: '/v1/invoiceitems/:invoiceitem',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateInvoiceItem(ctx, itemFromPath(ctx, path.invoiceitem), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/invoiceitems/:invoiceitem',
    params: {},
    handle: ({ ctx, path }) => deleteInvoiceItem(ctx, itemFromPath(ctx, path.invoiceitem)),
  }),
];

const itemFromPath = (ctx: Context, id: string): Stripe.InvoiceItem => fromPath(ctx.store.invoiceItems, id);
