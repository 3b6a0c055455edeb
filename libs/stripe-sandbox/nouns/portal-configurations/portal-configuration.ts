import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { mergeFeatures, NO_FEATURES, readProducts } from './features.js';
import type { createParams, updateParams } from './params.js';

type Configuration = Stripe.BillingPortal.Configuration;

/**
 * Source: https://docs.stripe.com/api/customer_portal/configurations/create.
 * @throws StripeFailure 400 for features that do not go together
 */
export function createConfiguration(ctx: Context, params: Params<typeof createParams>): Configuration {
  return insertConfiguration(ctx, params, false);
}

/**
 * Source: https://docs.stripe.com/api/customer_portal/configurations/update.
 * @throws StripeFailure 400 for features that do not go together, or to deactivate the default
 */
export function updateConfiguration(
  ctx: Context,
  before: Configuration,
  params: Params<typeof updateParams>,
): Configuration {
  const { active = before.active, features } = params;
  if (before.is_default && !active) {
    throw failures.invalidRequest('The default configuration cannot be deactivated.', { param: 'active' });
  }
  const products = readProducts(ctx, features?.subscription_update?.products);
  const after = ctx.store.portalConfigurations.update(before.id, {
    ...changesFrom(before, params),
    active,
    updated: ctx.now(),
  });
  if (products) ctx.store.portalProducts.update(before.id, { products });
  ctx.emit('billing_portal.configuration.updated', after, before);
  return after;
}

/**
 * The configuration of sessions that name none, with the features that the dashboard offers at first. Stripe's
 * accounts have it once its settings were saved there.
 */
export function defaultConfiguration(ctx: Context): Configuration {
  const [found] = ctx.store.portalConfigurations.newestFirst({ where: { is_default: true } });
  return found ?? insertConfiguration(ctx, { features: DEFAULT_FEATURES }, true);
}

const DEFAULT_FEATURES: Params<typeof createParams>['features'] = {
  customer_update: { allowed_updates: ['email', 'address', 'shipping', 'phone'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true },
};

function insertConfiguration(
  ctx: Context,
  params: Params<typeof createParams>,
  is_default: boolean,
): Configuration {
  const draft = buildConfiguration(ctx, is_default);
  const products = readProducts(ctx, params.features.subscription_update?.products) ?? [];
  const configuration = ctx.store.portalConfigurations.insert({ ...draft, ...changesFrom(draft, params) });
  ctx.store.portalProducts.insert({ id: configuration.id, products });
  ctx.emit('billing_portal.configuration.created', configuration);
  return configuration;
}

function buildConfiguration(ctx: Context, is_default: boolean): Configuration {
  const created = ctx.now();
  return {
    id: newId('portalConfiguration'),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created,
    default_return_url: null,
    features: NO_FEATURES,
    is_default,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: created,
  };
}

function changesFrom(
  before: Configuration,
  { business_profile, default_return_url, features, metadata, name }: Params<typeof updateParams>,
): Partial<Configuration> {
  return {
    ...(default_return_url !== undefined && { default_return_url }),
    ...(name !== undefined && { name }),
    business_profile: { ...before.business_profile, ...business_profile },
    features: mergeFeatures(before.features, features),
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
  };
}
