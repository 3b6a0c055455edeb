import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { hasEnded } from '../subscriptions/subscription.js';
import type { createParams } from './params.js';

type Flow = Stripe.BillingPortal.Session.Flow;
type FlowParams = NonNullable<Params<typeof createParams>['flow_data']>;

/** The feature that a flow needs. */
const FEATURE_OF = {
  customer_update: 'customer_update',
  payment_method_update: 'payment_method_update',
  subscription_cancel: 'subscription_cancel',
  subscription_update: 'subscription_update',
  subscription_update_confirm: 'subscription_update',
} as const;

/**
 * What the customer does in a session that has one purpose.
 * Source: https://docs.stripe.com/customer-management/portal-deep-links.
 * @throws StripeFailure 400 for a flow that the configuration or the subscription does not allow
 */
export function flowFrom(
  ctx: Context,
  {
    customer,
    configuration,
    flow,
  }: { customer: string; configuration: Stripe.BillingPortal.Configuration; flow: FlowParams },
): Flow {
  const { type } = flow;
  if (!configuration.features[FEATURE_OF[type]].enabled) throw disabledFeature(type);
  if (type.startsWith('subscription_')) requireSubscription(ctx, customer, flow);
  if (type === 'subscription_update_confirm') requireOfferedPrices(ctx, configuration.id, flow);
  const { subscription_cancel, subscription_update, subscription_update_confirm: confirm } = flow;
  return {
    after_completion: afterCompletionFrom(flow.after_completion),
    customer_update: type === 'customer_update' ? {} : null,
    subscription_cancel: subscription_cancel ? { ...subscription_cancel, retention: null } : null,
    subscription_pause: null,
    subscription_update: subscription_update ?? null,
    subscription_update_confirm: confirm
      ? {
          discounts: null,
          items: confirm.items.map(({ id, price = null, quantity }) => ({ id, price, quantity })),
          subscription: confirm.subscription,
        }
      : null,
    type,
  };
}

function disabledFeature(type: FlowParams['type']) {
  const feature = FEATURE_OF[type].replaceAll('_', ' ');
  const message = type.startsWith('subscription_')
    ? `This subscription cannot be ${type === 'subscription_cancel' ? 'canceled' : 'updated'} because the ${feature} feature in the portal configuration is disabled.`
    : `The ${feature} feature in the portal configuration is disabled.`;
  return failures.invalidRequest(message, { param: 'flow_data[type]' });
}

function requireSubscription(ctx: Context, customer: string, flow: FlowParams): void {
  const type = flow.type as Exclude<FlowParams['type'], 'customer_update' | 'payment_method_update'>;
  const param = `flow_data[${type}][subscription]`;
  const id = flow[type]?.subscription;
  if (id === undefined) throw failures.missing(`flow_data[${type}]`);
  const subscription = fromParam(ctx.store.subscriptions, id, param);
  if (subscription.customer !== customer) throw failures.noSuch('subscription', id, param, 400);
  if (hasEnded(subscription)) {
    throw failures.invalidRequest(`The subscription \`${id}\` has ended.`, { param });
  }
  if (type === 'subscription_cancel' && subscription.cancel_at !== null) {
    throw failures.invalidRequest(
      'This subscription cannot be canceled because it is already set to be canceled.',
      { param },
    );
  }
}

function requireOfferedPrices(
  { store }: Context,
  configuration: string,
  { subscription_update_confirm: confirm }: FlowParams,
): void {
  const parent = 'flow_data[subscription_update_confirm][items]';
  const { items = [], subscription = '' } = confirm ?? {};
  if (items.length !== 1)
    throw failures.invalidRequest('You must specify exactly one item.', { param: parent });
  const known = store.subscriptions.get(subscription)!.items.data;
  const { products } = store.portalProducts.get(configuration)!;
  const offered = new Set(products.flatMap(({ prices }) => prices));
  for (const [index, { id, price }] of items.entries()) {
    if (!known.some((item) => item.id === id)) {
      throw failures.noSuch('subscription_item', id, `${parent}[${index}][id]`, 400);
    }
    if (price === undefined || offered.has(price)) continue;
    throw failures.invalidRequest(
      `The price \`${price}\` is not in the portal configuration's \`features[subscription_update][products]\`.`,
      { param: `${parent}[${index}][price]` },
    );
  }
}

function afterCompletionFrom(
  given: FlowParams['after_completion'],
): Stripe.BillingPortal.Session.Flow.AfterCompletion {
  const { hosted_confirmation, redirect, type = 'portal_homepage' } = given ?? {};
  if (type === 'redirect' && !redirect) throw failures.missing('flow_data[after_completion][redirect]');
  return {
    hosted_confirmation:
      type === 'hosted_confirmation' ? { custom_message: hosted_confirmation?.custom_message ?? null } : null,
    redirect: type === 'redirect' ? redirect! : null,
    type,
  };
}
