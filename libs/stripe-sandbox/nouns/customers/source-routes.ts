import { listPage, listParams } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { oneOf } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { isSource, toCardSource } from '../payment-methods/card-source.js';
import { createSourceParams, updateSourceParams } from './params.js';
import { createSource, deleteSource, sourceFromPath, updateSource } from './sources.js';

export const sourceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customers/:customer/sources',
    params: createSourceParams,
    handle: ({ ctx, params, path }) =>
      createSource(ctx, fromPath(ctx.store.customers, path.customer), params),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/sources',
    params: { ...listParams, object: oneOf('card') },
    handle: ({ ctx, params, path }) => {
      const { id: customer } = fromPath(ctx.store.customers, path.customer);
      const url = `/v1/customers/${customer}/sources`;
      const page = listPage(ctx.store.paymentMethods, params, { url, where: { customer }, filter: isSource });
      return { ...page, data: page.data.map(toCardSource) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/sources/:id',
    params: {},
    handle: ({ ctx, path }) =>
      toCardSource(sourceFromPath(ctx, fromPath(ctx.store.customers, path.customer), path.id)),
  }),
  route({
    method: 'POST',
    path: '/v1/customers/:customer/sources/:id',
    params: updateSourceParams,
    handle: ({ ctx, params, path }) =>
      updateSource(ctx, sourceFromPath(ctx, fromPath(ctx.store.customers, path.customer), path.id), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/:customer/sources/:id',
    params: {},
    handle: ({ ctx, path }) =>
      deleteSource(ctx, sourceFromPath(ctx, fromPath(ctx.store.customers, path.customer), path.id)),
  }),
];
