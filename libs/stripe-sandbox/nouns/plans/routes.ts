import { route, type Route } from '../../http/route.js';
import { createParams } from './params.js';
import { createPlan } from './plan.js';

/** Plans are created here; they are read and changed as prices: https://docs.stripe.com/api/plans. */
export const planRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/plans',
    params: createParams,
    handle: ({ ctx, params }) => createPlan(ctx, params),
  }),
];
