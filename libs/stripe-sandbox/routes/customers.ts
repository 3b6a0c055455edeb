import type Stripe from 'stripe';
import { addressParam } from '../entities/address.js';
import { createCustomer, deleteCustomer, updateCustomer } from '../entities/customer.js';
import { collectionParams, listPage, listParams } from '../http/lists.js';
import { fromPath, fromPathOrDeleted, notFound } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import { array, email, integer, object, oneOf, required, string, unsettable } from '../http/params.js';
import { route, type Route } from '../http/route.js';
import type { Context } from '../context.js';

/** Source: https://docs.stripe.com/api/customers/update. */
export const updateParams = {
  address: unsettable(addressParam()),
  balance: integer(),
  business_name: unsettable(string({ maxLength: 150 })),
  description: unsettable(string()),
  email: unsettable(email()),
  individual_name: unsettable(string({ maxLength: 150 })),
  invoice_prefix: string({ maxLength: 12 }),
  invoice_settings: object({
    custom_fields: unsettable(array(object({ name: required(string()), value: required(string()) }))),
    default_payment_method: unsettable(string()),
    footer: unsettable(string()),
    rendering_options: unsettable(
      object({
        amount_tax_display: unsettable(oneOf('exclude_tax', 'include_inclusive_tax')),
        template: unsettable(string()),
      }),
    ),
  }),
  metadata: metadata(),
  name: unsettable(string({ maxLength: 256 })),
  next_invoice_sequence: integer({ min: 1 }),
  phone: unsettable(string({ maxLength: 20 })),
  preferred_locales: array(string()),
  shipping: unsettable(
    object({
      address: required(addressParam()),
      name: required(string()),
      phone: unsettable(string()),
    }),
  ),
  tax_exempt: unsettable(oneOf('none', 'exempt', 'reverse')),
};

/** Source: https://docs.stripe.com/api/customers/create. */
export const createParams = { ...updateParams, payment_method: string(), test_clock: string() };

export const customerRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customers',
    params: createParams,
    handle: ({ ctx, params }) => createCustomer(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/customers',
    params: { ...collectionParams, email: string({ maxLength: 512 }), test_clock: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.customers, params, {
        url: '/v1/customers',
        where: { email: params.email, test_clock: params.test_clock ?? null },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer',
    params: {},
    handle: ({ ctx, path }) => fromPathOrDeleted(ctx.store, ctx.store.customers, path.customer),
  }),
  route({
    method: 'POST',
    path: '/v1/customers/:customer',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateCustomer(ctx, customerIn(ctx, path.customer), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/:customer',
    params: {},
    handle: ({ ctx, path }) => deleteCustomer(ctx, customerIn(ctx, path.customer)),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/payment_methods',
    params: {
      ...listParams,
      allow_redisplay: oneOf('always', 'limited', 'unspecified'),
      type: string(),
    },
    handle: ({ ctx, params, path }) =>
      listPage(ctx.store.paymentMethods, params, {
        url: `/v1/customers/${path.customer}/payment_methods`,
        where: {
          customer: customerIn(ctx, path.customer).id,
          type: params.type,
          allow_redisplay: params.allow_redisplay,
        },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/payment_methods/:payment_method',
    params: {},
    handle: ({ ctx, path }) => {
      const customer = customerIn(ctx, path.customer);
      const paymentMethod = fromPath(ctx.store.paymentMethods, path.payment_method);
      if (paymentMethod.customer !== customer.id) notFound(ctx.store.paymentMethods, path.payment_method);
      return paymentMethod;
    },
  }),
];

const customerIn = (ctx: Context, id: string): Stripe.Customer => fromPath(ctx.store.customers, id);
