import { listPage, listParams } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { boolean } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createParams, updateParams } from './params.js';
import { createConfiguration, defaultConfiguration, updateConfiguration } from './portal-configuration.js';

export const portalConfigurationRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing_portal/configurations',
    params: createParams,
    handle: ({ ctx, params }) => createConfiguration(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/billing_portal/configurations',
    params: { ...listParams, active: boolean(), is_default: boolean() },
    handle: ({ ctx, params }) => {
      defaultConfiguration(ctx);
      return listPage(ctx.store.portalConfigurations, params, {
        url: '/v1/billing_portal/configurations',
        where: { active: params.active, is_default: params.is_default },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing_portal/configurations/:configuration',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.portalConfigurations, path.configuration),
  }),
  route({
    method: 'POST',
    path: '/v1/billing_portal/configurations/:configuration',
    params: updateParams,
    handle: ({ ctx, params, path }) =>
      updateConfiguration(ctx, fromPath(ctx.store.portalConfigurations, path.configuration), params),
  }),
];
