import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { omit } from '../../omit.js';
import type { updateParams } from './params.js';

type Features = Stripe.BillingPortal.Configuration.Features;
type GivenFeatures = NonNullable<Params<typeof updateParams>['features']>;
type PortalProduct = NonNullable<Features['subscription_update']['products']>[number];

/** What a new configuration begins with. Source: https://docs.stripe.com/api/customer_portal/configurations/object. */
export const NO_FEATURES: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
    },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: 'unchanged',
    default_allowed_updates: [],
    enabled: false,
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
};

/**
 * The features of a configuration after a change, without the products of `subscription_update`.
 * @throws StripeFailure 400 for settings that do not go together
 */
export function mergeFeatures(before: Features, given: GivenFeatures = {}): Features {
  const { customer_update, subscription_cancel: cancel, subscription_update: update } = given;
  const features: Features = {
    ...before,
    customer_update: {
      ...before.customer_update,
      ...customer_update,
      allowed_updates: listFrom(customer_update?.allowed_updates, before.customer_update.allowed_updates),
    },
    invoice_history: given.invoice_history ?? before.invoice_history,
    payment_method_update: { ...before.payment_method_update, ...given.payment_method_update },
    subscription_cancel: {
      ...before.subscription_cancel,
      ...cancel,
      cancellation_reason: {
        ...before.subscription_cancel.cancellation_reason,
        ...cancel?.cancellation_reason,
        options: listFrom(
          cancel?.cancellation_reason?.options,
          before.subscription_cancel.cancellation_reason.options,
        ),
      },
    },
    subscription_update: {
      ...before.subscription_update,
      ...omit(update ?? {}, 'products'),
      default_allowed_updates: listFrom(
        update?.default_allowed_updates,
        before.subscription_update.default_allowed_updates,
      ),
    },
  };
  requireCancelProration(features.subscription_cancel);
  return features;
}

/** An unset list is empty. */
const listFrom = <T>(given: T[] | null | undefined, before: T[]): T[] =>
  given === undefined ? before : (given ?? []);

/** Source: https://docs.stripe.com/api/customer_portal/configurations/create, `features.subscription_cancel`. */
function requireCancelProration({ mode, proration_behavior }: Features['subscription_cancel']): void {
  const isAllowed =
    proration_behavior === 'none' || (proration_behavior === 'create_prorations' && mode === 'immediately');
  if (isAllowed) return;
  throw failures.invalidRequest(
    `\`proration_behavior\` can't be \`${proration_behavior}\` when \`mode\` is \`${mode}\`.`,
    { param: 'features[subscription_cancel][proration_behavior]' },
  );
}

type GivenProducts = NonNullable<GivenFeatures['subscription_update']>['products'];

/**
 * The products between whose prices a customer can switch; undefined if none are given.
 * @throws StripeFailure 400 for more than ten, or a price that is unknown, not recurring, or of another product
 */
export function readProducts(ctx: Context, given: GivenProducts): PortalProduct[] | undefined {
  if (given === undefined) return undefined;
  const parent = 'features[subscription_update][products]';
  if ((given ?? []).length > 10) {
    throw failures.invalidRequest('You can only specify up to 10 products.', { param: parent });
  }
  return (given ?? []).map(({ product, prices, adjustable_quantity: quantity }, index) => {
    const param = `${parent}[${index}]`;
    fromParam(ctx.store.products, product, `${param}[product]`);
    for (const [place, id] of prices.entries()) {
      const price = fromParam(ctx.store.prices, id, `${param}[prices][${place}]`);
      if (price.product === product && price.recurring) continue;
      throw failures.invalidRequest(`The price \`${id}\` is not a recurring price of \`${product}\`.`, {
        param: `${param}[prices][${place}]`,
      });
    }
    const { enabled = false, maximum = null, minimum = 1 } = quantity ?? {};
    return { adjustable_quantity: { enabled, maximum, minimum }, prices, product };
  });
}
