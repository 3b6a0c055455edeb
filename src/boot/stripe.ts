import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { callLimits, StripeConnection } from '#stripe/stripe-connection.js';
import type { Clock } from '#core/clock.js';
import type { Settings } from '../config/settings.js';
import { HANDLED_EVENT_TYPES } from '../webhooks/event-types.js';
import { withSettingError } from './with-setting-error.js';

/** The sandbox accepts any key of this form, so this one is not a secret. */
const SANDBOX_KEY = 'sk_test_paydesk';

/** The Stripe account or sandbox that this process calls. */
export interface BootedStripe {
  connection: StripeConnection;
  /** Stops the sandbox, if this process runs one. */
  stop(): Promise<void>;
}

/**
 * Connects to the Stripe account of `STRIPE_SECRET_KEY`, or starts the embedded sandbox if none is set.
 *
 * @param clock of the sandbox; by default that of the system
 * @throws {SettingsError} naming SANDBOX_PORT
 */
export async function bootStripe(settings: Settings, clock?: Clock): Promise<BootedStripe> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase, STRIPE_WEBHOOK_SECRET: secrets } = settings;
  const limits = callLimits(settings.STRIPE_CALLS_MAX);
  if (secretKey) {
    return {
      connection: new StripeConnection(secretKey, apiBase, secrets, limits),
      stop: async () => undefined,
    };
  }
  // Imported here, so that a service with a Stripe account never loads the sandbox.
  const { createSandbox } = await import('#sandbox/create-sandbox.js');
  const sandbox = await withSettingError('SANDBOX_PORT', () =>
    createSandbox({
      port: settings.SANDBOX_PORT,
      dataDir: join(settings.DATA_DIR, 'stripe-sandbox'),
      webhook: webhookOf(settings),
      ...(clock && { clock: { nowMs: () => clock.now().getTime() } }),
    }),
  );
  const { url, webhookSecret } = sandbox;
  return {
    connection: new StripeConnection(SANDBOX_KEY, url, webhookSecret ? [webhookSecret] : [], limits),
    stop: () => sandbox.close(),
  };
}

/** Where the sandbox sends its events. With PORT=0 the port is not known yet, so it sends none. */
function webhookOf({ HOST, PORT }: Settings): { url: string; types: readonly string[] } | undefined {
  if (PORT === 0) return undefined;
  const host = isIPv6(HOST) ? `[${HOST}]` : HOST;
  return { url: `http://${host}:${PORT}/webhooks/stripe`, types: HANDLED_EVENT_TYPES };
}
