import { isVerifiedTransport } from '../database/verified-transport.js';
import { isLoopbackHost } from './origin.js';
import { OFF } from './rates.js';
import { type Insecurity, type Settings, SettingsError } from './settings.js';

/** Variables that Node and its packages read by themselves. */
export interface NodeEnvironment {
  NODE_ENV?: string | undefined;
  NODE_TLS_REJECT_UNAUTHORIZED?: string | undefined;
}

/** The key that `.env.example` shows, and that everybody knows. */
const EXAMPLE_KEY = 'REPLACE/THIS/BY/32/RANDOM/BYTES/IN/BASE64//=';

/** A setting with which the service does not start. */
export interface UnsafeSetting {
  variable: string;
  /** Completes the sentence that starts with the variable's name. Never contains its value. */
  problem: string;
  remedy: string;
}

/**
 * What is unsafe about valid settings: a sandbox that no setting declares, and in live mode or off loopback everything that
 * is meant for development.
 *
 * @param environment the variables of Node itself
 */
export function unsafeSettings(settings: Settings, environment: NodeEnvironment): UnsafeSetting[] {
  const isOffLoopback = !isLoopbackHost(settings.HOST);
  const needsProtection = settings.MODE === 'live' || isOffLoopback;
  const where = settings.MODE === 'live' ? 'in live mode' : 'while HOST is not a loopback address';
  return [
    ...undeclaredSandbox(settings, isOffLoopback || environment.NODE_ENV === 'production'),
    ...(settings.MODE === 'live' ? missingBrake(settings) : []),
    ...(needsProtection
      ? [
          ...unverifiedCertificates(environment, where),
          ...embeddedParts(settings, where),
          ...missingProtection(settings, where),
        ]
      : []),
    ...unsafeEncryptionKey(settings, isOffLoopback),
    ...exampleCallbackSecret(settings),
  ];
}

/**
 * @throws {SettingsError} naming the first unsafe setting
 */
export function requireSafeSettings(settings: Settings, environment: NodeEnvironment): void {
  const [unsafe] = unsafeSettings(settings, environment);
  if (unsafe) throw new SettingsError(`${unsafe.variable} ${unsafe.problem}: ${unsafe.remedy}`);
}

function* undeclaredSandbox(settings: Settings, mustBeDeclared: boolean): Generator<UnsafeSetting> {
  if (settings.MODE !== 'sandbox' || settings.isSet('MODE') || !mustBeDeclared) return;
  yield {
    variable: 'MODE',
    problem: 'is not set, nor is STRIPE_SECRET_KEY, in production or while HOST is not a loopback address',
    remedy: 'set STRIPE_SECRET_KEY, or MODE=sandbox if no money is to move',
  };
}

function* missingBrake(settings: Settings): Generator<UnsafeSetting> {
  if (settings.CARD_TESTING_BRAKE !== OFF) return;
  yield {
    variable: 'CARD_TESTING_BRAKE',
    problem: 'must not be off in live mode, because stolen cards would be tested on your account',
    remedy: 'leave it out, or set other limits',
  };
}

/** https://nodejs.org/docs/latest-v20.x/api/cli.html#node_tls_reject_unauthorizedvalue */
function* unverifiedCertificates(environment: NodeEnvironment, where: string): Generator<UnsafeSetting> {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  yield {
    variable: 'NODE_TLS_REJECT_UNAUTHORIZED',
    problem: `must not be 0 ${where}, because no server that this process calls would have to prove its identity`,
    remedy: 'unset it, and set NODE_EXTRA_CA_CERTS=FILE for a certificate authority of your own',
  };
}

/** The sandbox's key is created in DATA_DIR. Other data must stay readable for all instances, and without that folder. */
function* unsafeEncryptionKey(
  { MODE, ENCRYPTION_KEY: keys }: Settings,
  isOffLoopback: boolean,
): Generator<UnsafeSetting> {
  const isMissing = MODE !== 'sandbox' && keys.length === 0;
  const isExample = (MODE !== 'sandbox' || isOffLoopback) && keys.includes(EXAMPLE_KEY);
  if (!isMissing && !isExample) return;
  const problem = isMissing ? `must be set in ${MODE} mode` : 'is the example of .env.example';
  yield {
    variable: 'ENCRYPTION_KEY',
    problem,
    remedy: 'set it to the output of `openssl rand -base64 32`, the same for all instances, and keep it',
  };
}

function* exampleCallbackSecret({ PAYMENT_CALLBACK_SECRET: secret }: Settings): Generator<UnsafeSetting> {
  if (secret !== `whsec_${EXAMPLE_KEY}`) return;
  yield {
    variable: 'PAYMENT_CALLBACK_SECRET',
    problem: 'is the example of .env.example',
    remedy: 'set it to the output of `echo whsec_$(openssl rand -base64 32)`',
  };
}

function* embeddedParts(settings: Settings, where: string): Generator<UnsafeSetting> {
  const isAllowed = (insecurity: Insecurity) => settings.ALLOW_INSECURE.includes(insecurity);
  if (!settings.JWKS_URL && !isAllowed('local-issuer')) {
    yield {
      variable: 'JWKS_URL',
      problem: `is not set, and the local issuer of user tokens is refused ${where}`,
      remedy: "set it to the URL of your identity provider's keys, or allow ALLOW_INSECURE=local-issuer",
    };
  }
  if (!settings.DATABASE_URL && !isAllowed('embedded-database')) {
    yield {
      variable: 'DATABASE_URL',
      problem: `is not set, and the embedded database is refused ${where}`,
      remedy: 'set it to your PostgreSQL, or allow ALLOW_INSECURE=embedded-database',
    };
  }
}

function* missingProtection(settings: Settings, where: string): Generator<UnsafeSetting> {
  for (const variable of ['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const) {
    const url = settings[variable];
    if (url === undefined || isVerifiedTransport(url)) continue;
    yield {
      variable,
      problem: `must use TLS with a verified server ${where}, because the password and the data leave this host`,
      remedy: 'add sslmode=verify-full, and sslrootcert=FILE for a certificate authority of your own',
    };
  }
  // The embedded sandbox has its own signing secret.
  if (settings.MODE !== 'sandbox' && settings.STRIPE_WEBHOOK_SECRET.length === 0) {
    yield {
      variable: 'STRIPE_WEBHOOK_SECRET',
      problem: `must be set ${where}`,
      remedy: 'set it to the signing secret of the webhook endpoint at Stripe',
    };
  }
  if (settings.STRIPE_API_BASE && !settings.STRIPE_API_BASE.startsWith('https:')) {
    yield {
      variable: 'STRIPE_API_BASE',
      problem: `must be https ${where}`,
      remedy: 'leave it out to use Stripe itself',
    };
  }
  if (!settings.isSet('JWT_AUDIENCE')) {
    yield {
      variable: 'JWT_AUDIENCE',
      problem: `must be set ${where}, because tokens for other services would be accepted`,
      remedy: 'set it to the audience of the user tokens that are meant for this service',
    };
  }
  if (settings.REDIRECT_ORIGINS.length === 0) {
    yield {
      variable: 'REDIRECT_ORIGINS',
      problem: `must be set ${where}`,
      remedy: 'set it to the origins that your checkouts return to',
    };
  }
}
