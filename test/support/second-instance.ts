import type { Clock } from '#core/clock.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { createApp } from '../../src/create-app.js';
import { EndpointSecrets } from '../../src/notifications/endpoint-secrets.service.js';
import { NotificationsWorker } from '../../src/notifications/notifications.worker.js';
import type { Paydesk } from './paydesk.js';

/** Another instance of the service, on the database, the sandbox and the log of the first one. */
export async function startSecondInstance({ settings, databaseUrl, sandbox, logTo }: Paydesk, clock: Clock) {
  const stripe = new StripeConnection('sk_test_paydesk', sandbox.url);
  // From now on, Nest's loggers of the first instance also write to this one's.
  const app = await createApp({ settings, clock, databaseUrl, stripe }, logTo);
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    url: await app.getUrl(),
    deliverNext: () => app.get(NotificationsWorker, { strict: false }).deliverNext(),
    renewEndpointSecrets: () => app.get(EndpointSecrets, { strict: false }).renew(),
    close: () => app.close(),
  };
}
