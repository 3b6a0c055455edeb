import Stripe from 'stripe';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import type { Settings } from '../config/settings.js';
import { listEndpoints, missingEvents, WEBHOOK_PATH } from '../webhooks/webhook-endpoint.stripe.js';
import { type Finding, ok, red, skipped } from './finding.js';
import { isPermitted, type Permission, READ_PERMISSIONS, WRITE_PERMISSIONS } from './permissions.stripe.js';

/** Far below the five minutes for which a signature is fresh: https://docs.stripe.com/webhooks#replay-attacks */
const SKEW_MAX_SECONDS = 30;
const CHECKS = ['key', 'permissions', 'API version', 'clock', 'webhook endpoint'];

/** Whether the Stripe account accepts what the service does. Nothing is changed there. */
export async function checkAccount(settings: Settings, now: () => Date): Promise<Finding[]> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase } = settings;
  if (!secretKey) return [skipped('Stripe account', 'the embedded sandbox needs none')];
  const stripe = createStripeClient(new StripeConnection(secretKey, apiBase));
  try {
    const answer = await firstAnswer(stripe);
    const key = ok('key', `Stripe accepts it, for ${settings.MODE} mode`);
    return [
      key,
      await checkPermissions(stripe),
      checkVersion(answer),
      checkClock(answer, now()),
      await checkEndpoint(stripe),
    ];
  } catch (error) {
    const [check = '', ...others] = CHECKS;
    return [keyFailure(check, error), ...others.map((other) => skipped(other, 'not checked: see key'))];
  }
}

/** The headers of an answer to this key, whatever it may do. */
async function firstAnswer(stripe: Stripe): Promise<Record<string, string>> {
  try {
    return (await stripe.customers.list({ limit: 1 })).lastResponse.headers;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.statusCode === 403) return error.headers ?? {};
    throw error;
  }
}

function keyFailure(check: string, error: unknown): Finding {
  const status = error instanceof Stripe.errors.StripeError ? error.statusCode : undefined;
  if (status === 401) {
    const remedy = 'copy the secret key, or a restricted one, from the API keys page of the Dashboard';
    return red(check, 'Stripe does not accept STRIPE_SECRET_KEY (401)', remedy);
  }
  const detail = status ? `Stripe answers with an error (${status})` : 'Stripe does not answer';
  return red(check, detail, 'check the network and STRIPE_API_BASE, then repeat');
}

async function checkPermissions(stripe: Stripe): Promise<Finding> {
  const lacking = [
    ...(await withoutPermission(stripe, WRITE_PERMISSIONS)).map((name) => `${name} (write)`),
    ...(await withoutPermission(stripe, READ_PERMISSIONS)).map((name) => `${name} (read)`),
  ];
  return lacking.length > 0
    ? red(
        'permissions',
        `the key lacks ${lacking.join(', ')}`,
        'add them to the restricted key in the Dashboard',
      )
    : ok('permissions', 'the key may do all that the service does');
}

async function withoutPermission(stripe: Stripe, permissions: readonly Permission[]): Promise<string[]> {
  const permitted = await Promise.all(permissions.map((permission) => isPermitted(stripe, permission)));
  return permissions.filter((_, index) => !permitted[index]).map(({ name }) => name);
}

/** Stripe repeats the version that it used: https://docs.stripe.com/api/versioning */
function checkVersion(headers: Record<string, string>): Finding {
  const used = headers['stripe-version'];
  return used === Stripe.API_VERSION
    ? ok('API version', used)
    : red(
        'API version',
        `Stripe answers in ${used ?? 'an unknown version'} instead of ${Stripe.API_VERSION}`,
        'leave out STRIPE_API_BASE, or use a Stripe-compatible API with that version',
      );
}

function checkClock(headers: Record<string, string>, now: Date): Finding {
  const stripeMs = Date.parse(headers['date'] ?? '');
  const skewSeconds = Math.round(Math.abs(now.getTime() - stripeMs) / 1000);
  return skewSeconds <= SKEW_MAX_SECONDS
    ? ok('clock', `within ${SKEW_MAX_SECONDS} seconds of Stripe's`)
    : red(
        'clock',
        Number.isNaN(skewSeconds) ? 'Stripe sent no time' : `differs from Stripe's by ${skewSeconds} seconds`,
        'synchronize the clock of this host (NTP): otherwise valid webhooks and user tokens are refused',
      );
}

async function checkEndpoint(stripe: Stripe): Promise<Finding> {
  const check = 'webhook endpoint';
  let ours: Stripe.WebhookEndpoint[];
  try {
    ours = await listEndpoints(stripe);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 403) throw error;
    return red(
      check,
      'the key may not read it',
      'add read access to Webhook Endpoints, which only this check needs',
    );
  }
  const remedy = `npm run -s webhook -- register https://...${WEBHOOK_PATH}`;
  if (ours.length === 0) return red(check, `none with the path ${WEBHOOK_PATH}`, remedy);
  const enabled = ours.filter(({ status }) => status === 'enabled');
  if (enabled.length === 0) return red(check, 'disabled', 'enable it in the Dashboard');
  const missing = enabled.map(missingEvents);
  return missing.some(({ length }) => length === 0)
    ? ok(check, 'enabled, with all events that the service handles')
    : red(check, `lacks ${missing[0]?.join(', ')}`, 'add these events to it in the Dashboard');
}
