import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { newId, randomText } from '../../store/ids.js';
import { defaultConfiguration } from '../portal-configurations/portal-configuration.js';
import { flowFrom } from './flow.js';
import type { createParams } from './params.js';

/**
 * Source: https://docs.stripe.com/api/customer_portal/sessions/create.
 * @throws StripeFailure 400 for an unknown reference, an inactive configuration, or a flow that it does not allow
 */
export function createPortalSession(
  ctx: Context,
  params: Params<typeof createParams>,
): Stripe.BillingPortal.Session {
  const { flow_data, locale = null } = params;
  const customer = fromParam(ctx.store.customers, params.customer, 'customer');
  const configuration =
    params.configuration === undefined
      ? defaultConfiguration(ctx)
      : fromParam(ctx.store.portalConfigurations, params.configuration, 'configuration');
  if (!configuration.active) {
    throw failures.invalidRequest('The portal configuration is inactive.', { param: 'configuration' });
  }
  const session = ctx.store.portalSessions.insert({
    id: newId('portalSession'),
    object: 'billing_portal.session',
    configuration: configuration.id,
    created: ctx.now(customer.id),
    customer: customer.id,
    customer_account: null,
    flow: flow_data ? flowFrom(ctx, { customer: customer.id, configuration, flow: flow_data }) : null,
    livemode: false,
    locale,
    on_behalf_of: null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: `${ctx.origin}/p/session/test_${randomText(58)}`,
  });
  ctx.emit('billing_portal.session.created', session);
  return session;
}
