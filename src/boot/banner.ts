import type { StripeConnection } from '#stripe/stripe-connection.js';
import type { Settings } from '../config/settings.js';

/** Text for the terminal once the service listens. It contains no secrets. */
export function banner(
  settings: Settings,
  url: string,
  stripe: StripeConnection,
  metricsUrl: string | undefined,
): string {
  return `
Paydesk listens on ${url}
  docs         ${settings.servesDocs ? `${url}/docs` : 'off; DOCS=on serves them'}
  mode         ${modeOf(settings, stripe)}
  database     ${settings.DATABASE_URL ? 'DATABASE_URL' : `embedded PostgreSQL in ${settings.DATA_DIR}`}
  metrics      ${metricsUrl ?? 'off; METRICS_PORT serves them'}
  credentials  npm run -s token -- user USER_ID | partner TENANT | service NAME

`;
}

function modeOf({ MODE }: Settings, { apiBase }: StripeConnection): string {
  if (MODE === 'sandbox') return `sandbox, no money moves: the embedded Stripe sandbox at ${apiBase}`;
  const money = MODE === 'live' ? 'LIVE, money moves' : 'test, no money moves';
  return `${money}: ${apiBase ?? 'Stripe'}`;
}
