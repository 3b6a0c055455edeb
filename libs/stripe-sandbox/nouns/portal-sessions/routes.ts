import { route, type Route } from '../../http/route.js';
import { createParams } from './params.js';
import { createPortalSession } from './portal-session.js';

export const portalSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing_portal/sessions',
    params: createParams,
    handle: ({ ctx, params }) => createPortalSession(ctx, params),
  }),
];
