import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';

/** Source: https://docs.stripe.com/api/radar/early_fraud_warnings. */
export const earlyFraudWarningRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/radar/early_fraud_warnings',
    params: { ...collectionParams, charge: string(), payment_intent: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.fraudWarnings, params, {
        url: '/v1/radar/early_fraud_warnings',
        where: { charge: params.charge, payment_intent: params.payment_intent },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/radar/early_fraud_warnings/:early_fraud_warning',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.fraudWarnings, path.early_fraud_warning),
  }),
];
