import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { StripeConnection } from '#stripe/stripe-connection.js';
import type { Settings } from '../config/settings.js';
import { blaming } from './with-setting-error.js';

/** Any key of this form opens the sandbox; it guards nothing. */
const SANDBOX_KEY = 'sk_test_paydesk';

/** Which Stripe this process talks to, and how it stops what it started for that. */
export interface BootedStripe {
  connection: StripeConnection;
  stop(): Promise<void>;
}

/** Uses the Stripe account of the settings, or runs the embedded sandbox where they name none. */
export async function bootStripe(settings: Settings): Promise<BootedStripe> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase, STRIPE_WEBHOOK_SECRET: secrets } = settings;
  if (secretKey) {
    return { connection: new StripeConnection(secretKey, apiBase, secrets), stop: async () => undefined };
  }
  // A service with an account of its own never loads the sandbox.
  const { createSandbox } = await import('#sandbox/create-sandbox.js');
  const sandbox = await blaming('SANDBOX_PORT', () =>
    createSandbox({
      port: settings.SANDBOX_PORT,
      dataDir: join(settings.DATA_DIR, 'stripe-sandbox'),
      webhook: webhookOf(settings),
    }),
  );
  const { url, webhookSecret } = sandbox;
  return {
    connection: new StripeConnection(SANDBOX_KEY, url, webhookSecret ? [webhookSecret] : []),
    stop: () => sandbox.close(),
  };
}

/** Where the sandbox tells us of its events; nowhere where any free port is ours, as it is not known yet. */
function webhookOf({ HOST, PORT }: Settings): { url: string } | undefined {
  if (PORT === 0) return undefined;
  const host = isIPv6(HOST) ? `[${HOST}]` : HOST;
  return { url: `http://${host}:${PORT}/webhooks/stripe` };
}
