import { Transform, plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, IsString, Matches, MinLength, validateSync } from 'class-validator';
import { isTimeZone } from '#core/calendar-day.js';
import { isCurrency, type Currency } from '#core/currency.js';
import { NAME } from '#core/text.js';
import { CALLS_MAX } from '#stripe/stripe-connection.js';
import { type Mode, MODES, modeOfKey } from './mode.js';
import { isAddressRange } from './address-range.js';
import { isSafeOrigin, isSafeUrl } from './origin.js';
import { CARD_TESTING_BRAKE, isRates, RATE_LIMITS } from './rates.js';
import { Satisfies } from './satisfies.js';

/** A Price, or all Prices of a Product, whose id its merchant may have chosen. */
const SUBSCRIBABLE = /^(price_[A-Za-z0-9_]{1,200}|product:[^\s,]{1,255})$/;
const POSTGRES_URL = /^postgres(ql)?:\/\/([^\s%]|%[0-9a-f]{2})+$/i;
const DRAIN_MAX_MS = 10 * 60 * 1000;
/** A charge passes the loop about six times, so that its answer is a second late at most. */
const LOOP_DELAY_MAX_MS = 200;
const REQUEST_TIMEOUT_MAX_MS = 10 * 60 * 1000;
const NOTIFICATION_TIMEOUT_MAX_MS = 60 * 1000;
/**
 * Twelve months, as PCI DSS 10.5.1 asks for, can have 366 days, and the trigger of `audit_log` refuses to delete younger
 * entries: a day more keeps deleting apart from it.
 */
const AUDIT_RETENTION_MIN_DAYS = 367;
const AUDIT_RETENTION_MAX_DAYS = 36_500;
/** 32 bytes in base64. */
const KEY_IN_BASE64 = /^[A-Za-z0-9+/]{43}=$/;
/** The waits between the attempts of a delivery, from 5 seconds to a day. */
const NOTIFICATION_RETRY_SECONDS = '5,300,1800,7200,18000,36000,50400,72000,86400,86400'.split(',');
const RETRY_WAIT_MAX_SECONDS = 7 * 24 * 60 * 60;
const LOOPBACK_NETWORKS = ['127.0.0.0/8', '::1/128'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Parts for development that `ALLOW_INSECURE` permits in live mode and off loopback. */
const INSECURITIES = ['local-issuer', 'embedded-database'] as const;
export type Insecurity = (typeof INSECURITIES)[number];

const toInteger = Transform(({ value }) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
);

/** An empty item stays in the list and is refused like an empty variable. */
const toList = Transform(({ value }) =>
  typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value,
);

/** Every environment variable, validated at boot. `.env.example` explains each. */
export class Settings {
  #given: ReadonlySet<string> = new Set();

  @IsIn(MODES)
  readonly MODE: Mode = 'sandbox';

  @IsString()
  @MinLength(1)
  readonly HOST: string = '127.0.0.1';

  @toInteger
  @Satisfies(isPort, 'must be a whole number from 0 to 65535')
  readonly PORT: number = 3000;

  @IsOptional()
  @Matches(/^(sk|rk)_(test|live)_\w+$/, { message: 'must be a Stripe secret key (sk_... or rk_...)' })
  readonly STRIPE_SECRET_KEY?: string;

  @IsOptional()
  @Satisfies(isSafeOrigin, 'must be an https origin, or an http one on a loopback host, without a path')
  readonly STRIPE_API_BASE?: string;

  @toInteger
  @Satisfies(isCallsMax, 'must be a whole number from 2 to 1000')
  readonly STRIPE_CALLS_MAX: number = CALLS_MAX;

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every((secret) => /^whsec_\S+$/.test(secret)),
    'must be Stripe signing secrets (whsec_...), separated by commas',
  )
  readonly STRIPE_WEBHOOK_SECRET: readonly string[] = [];

  @IsOptional()
  @Satisfies(
    isPostgresUrl,
    'must be a postgresql:// URL with special characters in its password percent-encoded',
  )
  readonly DATABASE_URL?: string;

  @IsOptional()
  @Satisfies(
    isPostgresUrl,
    'must be a postgresql:// URL with special characters in its password percent-encoded',
  )
  readonly DATABASE_DIRECT_URL?: string;

  @IsIn(['true', 'false'])
  readonly MIGRATE_ON_START: 'true' | 'false' = 'true';

  @toInteger
  @Satisfies(isAuditRetention, 'must be a whole number of days from 367 to 36500')
  readonly AUDIT_RETENTION_DAYS: number = 730;

  @IsString()
  @MinLength(1)
  readonly DATA_DIR: string = '.data';

  @toInteger
  @Satisfies(isPort, 'must be a whole number from 0 to 65535')
  readonly SANDBOX_PORT: number = 12_111;

  @Satisfies(
    (value) => typeof value === 'string' && isCurrency(value),
    'must be a currency that Stripe supports, in lower case',
  )
  readonly DEFAULT_CURRENCY: Currency = 'usd';

  @Satisfies(
    (value) => typeof value === 'string' && isTimeZone(value),
    'must be an IANA time zone such as Europe/Rome',
  )
  readonly BUSINESS_TIMEZONE: string = 'UTC';

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every((item) => SUBSCRIBABLE.test(String(item))),
    'must be ids of Stripe Prices (price_...), or product: and the id of a Product, separated by commas',
  )
  readonly SUBSCRIBABLE_PRICES: readonly string[] = [];

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every(isSafeOrigin),
    'must be https origins such as https://shop.example, or http ones on a loopback host, separated by commas',
  )
  readonly REDIRECT_ORIGINS: readonly string[] = [];

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every(isSafeOrigin),
    'must be https origins such as https://shop.example, or http ones on a loopback host, separated by commas',
  )
  readonly CORS_ORIGINS: readonly string[] = [];

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every((name) => NAME.test(String(name))),
    'must be true, or partner names separated by commas',
  )
  readonly REQUIRE_IDEMPOTENCY_KEY: readonly string[] = [];

  @IsString()
  @MinLength(1)
  readonly JWT_ISSUER: string = 'paydesk';

  @IsString()
  @MinLength(1)
  readonly JWT_AUDIENCE: string = 'paydesk';

  @IsOptional()
  @Satisfies(isSafeUrl, 'must be an https URL, or an http one on a loopback host')
  readonly JWKS_URL?: string;

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every(isAddressRange),
    'must be IP addresses or CIDR ranges such as 10.0.0.0/8, separated by commas',
  )
  readonly TRUST_PROXY: readonly string[] = [];

  @Satisfies(
    (value) => isRates(value, RATE_LIMITS),
    'must be off, or limits such as read:600/1m,write:120/1m of read, write, admin and failures',
  )
  readonly RATE_LIMITS: string = RATE_LIMITS;

  @Satisfies(
    (value) => isRates(value, CARD_TESTING_BRAKE),
    `must be off, or limits such as ${CARD_TESTING_BRAKE}`,
  )
  readonly CARD_TESTING_BRAKE: string = CARD_TESTING_BRAKE;

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every((key) => KEY_IN_BASE64.test(key)),
    'must be 32 random bytes in base64, as `openssl rand -base64 32` prints them, or several separated by commas',
  )
  readonly ENCRYPTION_KEY: readonly string[] = [];

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every(isRetryWait),
    'must be whole numbers of seconds from 1 to 604800, separated by commas',
  )
  readonly NOTIFICATION_RETRY_SECONDS: readonly string[] = NOTIFICATION_RETRY_SECONDS;

  @toInteger
  @Satisfies(isNotificationTimeout, 'must be a whole number of milliseconds from 100 to 60000')
  readonly NOTIFICATION_TIMEOUT_MS: number = 15_000;

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every(isAddressRange),
    'must be IP addresses or CIDR ranges such as 10.0.0.0/8, separated by commas',
  )
  readonly NOTIFICATION_ALLOWED_NETWORKS: readonly string[] = [];

  @IsOptional()
  @Satisfies(isReceiverUrl, 'must be an http or https URL without a user name, a password or a fragment')
  readonly PAYMENT_CALLBACK_URL?: string;

  @IsOptional()
  @Satisfies(
    isSigningSecret,
    'must be whsec_ and 24 to 64 random bytes in base64, such as `echo whsec_$(openssl rand -base64 32)` prints',
  )
  readonly PAYMENT_CALLBACK_SECRET?: string;

  @IsOptional()
  @Satisfies(isSafeOrigin, 'must be an https origin, or an http one on a loopback host, without a path')
  readonly PUBLIC_URL?: string;

  @toInteger
  @Satisfies(isLinkLifetime, 'must be a whole number of hours from 1 to 720')
  readonly CONFIRM_LINK_HOURS: number = 24;

  @toInteger
  @Satisfies(isDrain, 'must be a whole number of milliseconds from 0 to 600000')
  readonly DRAIN_MS: number = 5_000;

  @toInteger
  @Satisfies(isRequestTimeout, 'must be a whole number of milliseconds from 100 to 600000')
  readonly REQUEST_TIMEOUT_MS: number = 15_000;

  @toInteger
  @Satisfies(isConnectionCount, 'must be a whole number from 1 to 100000')
  readonly MAX_CONNECTIONS: number = 10_000;

  @IsOptional()
  @toInteger
  @Satisfies(isLoopDelay, 'must be off, or a whole number of milliseconds from 20 to 10000')
  readonly EVENT_LOOP_DELAY_MAX_MS?: number | 'off';

  @toList
  @Satisfies(
    (value) => Array.isArray(value) && value.every((item) => INSECURITIES.includes(item)),
    `must be ${INSECURITIES.join(', ')}, or both separated by a comma`,
  )
  readonly ALLOW_INSECURE: readonly Insecurity[] = [];

  @toInteger
  @Satisfies(isWalkInterval, 'must be a whole number of seconds from 10 to 3600')
  readonly EVENTS_WALK_SECONDS: number = 60;

  @IsOptional()
  @toInteger
  @Satisfies(isPort, 'must be a whole number from 0 to 65535')
  readonly METRICS_PORT?: number;

  @IsString()
  @MinLength(1)
  readonly METRICS_HOST: string = '127.0.0.1';

  @IsOptional()
  @Satisfies(isHttpUrl, 'must be an http or https URL without a user name and a password')
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @IsOptional()
  @IsIn(['on', 'off'])
  readonly DOCS?: 'on' | 'off';

  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** True if the embedded sandbox takes Stripe's place. */
  get sandboxMode(): boolean {
    return this.MODE === 'sandbox';
  }

  /** Networks that notifications may be delivered to although they are not public. */
  get allowedNetworks(): readonly string[] {
    const isDefault = this.sandboxMode && !this.isSet('NOTIFICATION_ALLOWED_NETWORKS');
    return isDefault ? LOOPBACK_NETWORKS : this.NOTIFICATION_ALLOWED_NETWORKS;
  }

  /** Whether the documentation is served to everybody. */
  get servesDocs(): boolean {
    return this.DOCS ? this.DOCS === 'on' : this.MODE !== 'live';
  }

  /**
   * The delay of the event loop from which on all requests are refused; undefined if none is. By default not in sandbox
   * mode, where the sandbox shares the process, and tests share the machine.
   */
  get loopDelayMaxMs(): number | undefined {
    const { EVENT_LOOP_DELAY_MAX_MS: given = this.sandboxMode ? 'off' : LOOP_DELAY_MAX_MS } = this;
    return given === 'off' ? undefined : given;
  }

  /** Whether a variable was given, even with its default as the value. */
  isSet(variable: string): boolean {
    return this.#given.has(variable);
  }

  /** For {@link settingsFrom}: remembers which variables were given. */
  setGiven(variables: readonly string[]): void {
    this.#given = new Set(variables);
  }
}

/** An invalid setting. The message is one line that names the variable and never contains its value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Validates the environment and returns it as frozen settings. Whether they are safe to start with is checked
 * separately, by `requireSafeSettings`.
 *
 * @throws {SettingsError} naming the first invalid variable
 */
export function settingsFrom(environment: Record<string, unknown>): Settings {
  const given = givenVariables(environment);
  const keyMode = modeOfKey(given['STRIPE_SECRET_KEY']);
  const settings = plainToInstance(Settings, { MODE: keyMode, ...given }, { exposeDefaultValues: true });
  const [error] = validateSync(settings, { stopAtFirstError: true });
  if (error) throw new SettingsError(`${error.property} ${reason(error.constraints, error.property)}`);
  settings.setGiven(Object.keys(given));
  requireConsistency(settings, keyMode);
  Object.freeze(settings);
  return settings;
}

/** An empty variable is refused: a secret that failed to load must not count as one that nobody wanted. */
function givenVariables(environment: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(new Settings()).concat(OPTIONAL_KEYS);
  const given = names.filter((name) => environment[name] !== undefined);
  const empty = given.find((name) => String(environment[name]).trim() === '');
  if (empty) throw new SettingsError(`${empty} must not be empty: leave it out to use its default`);
  return Object.fromEntries(given.map((name) => [name, environment[name]]));
}

function requireConsistency(settings: Settings, keyMode: Mode): void {
  if (settings.STRIPE_API_BASE && !settings.STRIPE_SECRET_KEY) {
    throw new SettingsError('STRIPE_SECRET_KEY must be set if STRIPE_API_BASE is set');
  }
  if (settings.MODE !== keyMode) {
    const key = keyMode === 'sandbox' ? 'STRIPE_SECRET_KEY is not set' : `the key is for ${keyMode} mode`;
    throw new SettingsError(`MODE contradicts STRIPE_SECRET_KEY: MODE is ${settings.MODE}, but ${key}`);
  }
  if (settings.JWKS_URL && !settings.isSet('JWT_ISSUER')) {
    throw new SettingsError('JWT_ISSUER must be set if JWKS_URL is set');
  }
  if (settings.DATABASE_DIRECT_URL && !settings.DATABASE_URL) {
    throw new SettingsError('DATABASE_URL must be set if DATABASE_DIRECT_URL is set');
  }
  if (settings.PAYMENT_CALLBACK_SECRET !== undefined && settings.PAYMENT_CALLBACK_URL === undefined) {
    throw new SettingsError('PAYMENT_CALLBACK_URL must be set if PAYMENT_CALLBACK_SECRET is set');
  }
}

function isPostgresUrl(value: unknown): boolean {
  return typeof value === 'string' && POSTGRES_URL.test(value) && URL.canParse(value);
}

/** With one place, no caller could have a share. */
function isCallsMax(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 2 && Number(value) <= 1_000;
}

function isAuditRetention(value: unknown): boolean {
  return (
    Number.isInteger(value) &&
    Number(value) >= AUDIT_RETENTION_MIN_DAYS &&
    Number(value) <= AUDIT_RETENTION_MAX_DAYS
  );
}

function isLinkLifetime(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 720;
}

function isDrain(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= DRAIN_MAX_MS;
}

function isRequestTimeout(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= REQUEST_TIMEOUT_MAX_MS;
}

function isNotificationTimeout(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= NOTIFICATION_TIMEOUT_MAX_MS;
}

function isConnectionCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 100_000;
}

function isLoopDelay(value: unknown): boolean {
  return value === 'off' || (Number.isInteger(value) && Number(value) >= 20 && Number(value) <= 10_000);
}

function isRetryWait(value: unknown): boolean {
  return typeof value === 'string' && /^[1-9]\d{0,5}$/.test(value) && Number(value) <= RETRY_WAIT_MAX_SECONDS;
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isReceiverUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric */
function isSigningSecret(value: unknown): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(String(value)) ?? [];
  if (base64 === undefined || base64.length % 4 !== 0) return false;
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
}

function isWalkInterval(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 10 && Number(value) <= 3_600;
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}

const OPTIONAL_KEYS = [
  'STRIPE_SECRET_KEY',
  'STRIPE_API_BASE',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'JWKS_URL',
  'METRICS_PORT',
  'EVENT_LOOP_DELAY_MAX_MS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'DOCS',
  'PAYMENT_CALLBACK_URL',
  'PAYMENT_CALLBACK_SECRET',
  'PUBLIC_URL',
];

function reason(constraints: Record<string, string> | undefined, property: string): string {
  const [message = 'is not valid'] = Object.values(constraints ?? {});
  return message.replace(`${property} `, '');
}
