import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { collectionParams, listPage, listParams, pageOf } from '../../http/lists.js';
import { fromPath, requireKnown } from '../../http/lookup.js';
import { object, oneOf, required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { resolvePaymentMethod } from '../payment-methods/payment-method.js';
import { createInvoice } from './create.js';
import { finalizeInvoice, markUncollectible, voidInvoice } from './invoice.js';
import { createParams, finalizeParams, payParams, updateParams } from './params.js';
import { payInvoice, payOutOfBand } from './pay.js';
import { deleteDraft, sendInvoice } from './send.js';
import { setAutoAdvance, updateInvoice } from './update.js';

const status = oneOf('draft', 'open', 'paid', 'uncollectible', 'void');

export const invoiceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoices',
    params: createParams,
    handle: ({ ctx, params }) => createInvoice(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/invoices',
    params: { ...collectionParams, customer: string(), status, subscription: string() },
    handle: ({ ctx, params }) => {
      const { customer, subscription } = params;
      requireKnown(ctx.store, ctx.store.customers, customer, 'customer');
      return listPage(ctx.store.invoices, params, {
        url: '/v1/invoices',
        where: { customer, status: params.status, subscription },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoices/:invoice',
    params: {},
    handle: ({ ctx, path }) => invoiceFromPath(ctx, path.invoice),
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:invoice',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateInvoice(ctx, invoiceFromPath(ctx, path.invoice), params),
  }),
  route({
    method: 'GET',
    path: '/v1/invoices/:invoice/lines',
    params: listParams,
    handle: ({ ctx, params, path }) => {
      const { lines } = invoiceFromPath(ctx, path.invoice);
      return pageOf(lines.data, params, lines.url);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:invoice/pay',
    params: payParams,
    handle: ({ ctx, params, path }) => {
      const { payment_method, source, off_session: offSession = true } = params;
      const invoice = invoiceFromPath(ctx, path.invoice);
      if (params.paid_out_of_band) return payOutOfBand(ctx, invoice);
      if (payment_method !== undefined && source !== undefined) {
        throw failures.exclusive('payment_method', 'source');
      }
      const id = payment_method ?? source;
      const param = source === undefined ? 'payment_method' : 'source';
      const paymentMethod = id === undefined ? undefined : resolvePaymentMethod(ctx, id, param);
      return payInvoice(ctx, invoice, { paymentMethod, offSession });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/invoices/:invoice',
    params: {},
    handle: ({ ctx, path }) => deleteDraft(ctx, invoiceFromPath(ctx, path.invoice)),
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:invoice/send',
    params: {},
    handle: ({ ctx, path }) => sendInvoice(ctx, invoiceFromPath(ctx, path.invoice)),
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:invoice/finalize',
    params: finalizeParams,
    handle: ({ ctx, params, path }) => {
      const finalized = finalizeInvoice(ctx, invoiceFromPath(ctx, path.invoice));
      return finalized.status === 'open' ? setAutoAdvance(ctx, finalized, params) : finalized;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:invoice/void',
    params: {},
    handle: ({ ctx, path }) => voidInvoice(ctx, invoiceFromPath(ctx, path.invoice)),
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:invoice/mark_uncollectible',
    params: {},
    handle: ({ ctx, path }) => markUncollectible(ctx, invoiceFromPath(ctx, path.invoice)),
  }),
];

export const invoicePaymentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/invoice_payments',
    params: {
      ...collectionParams,
      invoice: string(),
      payment: object({ payment_intent: string(), type: required(oneOf('payment_intent')) }),
      status: oneOf('canceled', 'open', 'paid'),
    },
    handle: ({ ctx, params }) => {
      const { invoice, payment } = params;
      return listPage(ctx.store.invoicePayments, params, {
        url: '/v1/invoice_payments',
        where: { invoice, status: params.status, payment_intent: payment?.payment_intent },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoice_payments/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.invoicePayments, path.id),
  }),
];

const invoiceFromPath = (ctx: Context, id: string): Stripe.Invoice => fromPath(ctx.store.invoices, id);
