import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SettingsError, settingsFrom } from './settings.js';

describe('settingsFrom', () => {
  it('works without any variable: every setting has a default or is optional', () => {
    expect(settingsFrom({})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATA_DIR: '.data',
      SANDBOX_PORT: 12_111,
      DEFAULT_CURRENCY: 'usd',
      BUSINESS_TIMEZONE: 'UTC',
      REDIRECT_ORIGINS: [],
      LOG_LEVEL: 'info',
      sandboxMode: true,
    });
  });

  it('reads the variables that are set', () => {
    const settings = settingsFrom({
      PORT: '8080',
      STRIPE_SECRET_KEY: 'sk_test_abc',
      STRIPE_API_BASE: 'http://127.0.0.1:9420',
      REDIRECT_ORIGINS: 'https://shop.example, https://pay.example:8443',
      BUSINESS_TIMEZONE: 'Europe/Rome',
      DEFAULT_CURRENCY: 'eur',
    });
    expect(settings).toMatchObject({
      PORT: 8080,
      STRIPE_SECRET_KEY: 'sk_test_abc',
      STRIPE_API_BASE: 'http://127.0.0.1:9420',
      REDIRECT_ORIGINS: ['https://shop.example', 'https://pay.example:8443'],
      BUSINESS_TIMEZONE: 'Europe/Rome',
      DEFAULT_CURRENCY: 'eur',
      sandboxMode: false,
    });
  });

  it.each(['PORT', 'STRIPE_SECRET_KEY', 'REDIRECT_ORIGINS', 'MODE', 'LOG_LEVEL', 'DATABASE_URL'])(
    'refuses an empty %s and names it',
    (name) => {
      expect(() => settingsFrom({ [name]: '' })).toThrow(new RegExp(`^${name} must not be empty`));
      expect(() => settingsFrom({ [name]: ' ' })).toThrow(new RegExp(`^${name} must not be empty`));
    },
  );

  it.each([
    [{}, 'sandbox'],
    [{ STRIPE_SECRET_KEY: 'sk_test_abc' }, 'test'],
    [{ STRIPE_SECRET_KEY: 'rk_test_abc' }, 'test'],
    [{ STRIPE_SECRET_KEY: 'sk_live_abc' }, 'live'],
    [{ STRIPE_SECRET_KEY: 'rk_live_abc' }, 'live'],
  ])('derives the mode of %j: %s', (environment, mode) => {
    expect(settingsFrom(environment).MODE).toBe(mode);
    expect(settingsFrom({ ...environment, MODE: mode }).MODE).toBe(mode);
  });

  it.each([
    { MODE: 'sandbox', STRIPE_SECRET_KEY: 'sk_test_abc' },
    { MODE: 'sandbox', STRIPE_SECRET_KEY: 'sk_live_abc' },
    { MODE: 'test', STRIPE_SECRET_KEY: 'rk_live_abc' },
    { MODE: 'live', STRIPE_SECRET_KEY: 'sk_test_abc' },
    { MODE: 'test' },
    { MODE: 'live' },
  ])('refuses %j, a mode that contradicts the key', (environment) => {
    expect(() => settingsFrom(environment)).toThrow(/^MODE contradicts STRIPE_SECRET_KEY: /);
  });

  it('accepts several signing secrets, for rotation', () => {
    expect(settingsFrom({ STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old' }).STRIPE_WEBHOOK_SECRET).toEqual([
      'whsec_new',
      'whsec_old',
    ]);
    expect(settingsFrom({}).STRIPE_WEBHOOK_SECRET).toEqual([]);
  });

  it.each(['http://localhost:3000', 'http://127.0.0.2', 'http://[::1]:3000', 'https://any.example'])(
    'accepts the origin %s',
    (origin) => {
      const settings = {
        STRIPE_SECRET_KEY: 'sk_test_abc',
        STRIPE_API_BASE: origin,
        REDIRECT_ORIGINS: origin,
      };
      const JWKS_URL = `${origin}/jwks.json`;
      expect(settingsFrom({ ...settings, JWKS_URL, JWT_ISSUER: 'id' })).toMatchObject({ JWKS_URL });
    },
  );

  it('says which range a number must be in', () => {
    expect(() => settingsFrom({ PORT: 'abc' })).toThrow('PORT must be a whole number from 0 to 65535');
  });

  it('is frozen', () => {
    const settings = settingsFrom({});
    expect(() => Object.assign(settings, { PORT: 1 })).toThrow(TypeError);
  });

  it.each([
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['STRIPE_SECRET_KEY', 'pk_test_123'],
    ['STRIPE_WEBHOOK_SECRET', 'hunter2'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_new,hunter2'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_new,'],
    ['REQUIRE_IDEMPOTENCY_KEY', 'acme,'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['AUDIT_RETENTION_DAYS', '366'],
    ['AUDIT_RETENTION_DAYS', '36501'],
    ['AUDIT_RETENTION_DAYS', 'forever'],
    ['SANDBOX_PORT', 'any'],
    ['DEFAULT_CURRENCY', 'USD'],
    ['DEFAULT_CURRENCY', 'bitcoin'],
    ['BUSINESS_TIMEZONE', 'Mars/Olympus'],
    ['REDIRECT_ORIGINS', 'https://shop.example/path'],
    ['REDIRECT_ORIGINS', 'https://*.shop.example'],
    ['REDIRECT_ORIGINS', 'javascript:alert(1)'],
    ['REDIRECT_ORIGINS', 'https://user@shop.example'],
    ['REDIRECT_ORIGINS', 'http://shop.example'],
    ['STRIPE_API_BASE', 'http://stripe.example'],
    ['JWKS_URL', 'http://id.example/jwks.json'],
    ['JWKS_URL', 'ftp://localhost/jwks.json'],
    ['JWKS_URL', 'not a url'],
    ['STRIPE_CALLS_MAX', '-2.5'],
    ['STRIPE_CALLS_MAX', '1001'],
    ['STRIPE_CALLS_MAX', 'many'],
    ['DRAIN_MS', '-1'],
    ['DRAIN_MS', '2.5'],
    ['DRAIN_MS', '600001'],
    ['DRAIN_MS', '5s'],
    ['PAYMENT_CALLBACK_URL', 'shop.example'],
    ['PAYMENT_CALLBACK_URL', 'ftp://shop.example/'],
    ['PAYMENT_CALLBACK_URL', 'https://user:password@shop.example/'],
    ['PAYMENT_CALLBACK_URL', 'https://shop.example/#payments'],
    ['PAYMENT_CALLBACK_SECRET', 'secret'],
    ['PAYMENT_CALLBACK_SECRET', 'whsec_c2hvcnQ='],
    ['TRUST_PROXY', 'loopback'],
    ['TRUST_PROXY', 'proxy.internal'],
    ['TRUST_PROXY', '10.1'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '::/0'],
    ['TRUST_PROXY', '::/00'],
    ['TRUST_PROXY', '10.0.0.1,fd00::/129'],
    ['RATE_LIMITS', 'none'],
    ['RATE_LIMITS', 'read:77'],
    ['RATE_LIMITS', 'read:0/1m'],
    ['RATE_LIMITS', 'read:600/0m'],
    ['RATE_LIMITS', 'read:600/2d'],
    ['RATE_LIMITS', 'read:-1/1m'],
    ['RATE_LIMITS', 'read:1.5/1m'],
    ['RATE_LIMITS', 'reads:600/1m'],
    ['RATE_LIMITS', 'read:600/1m,off'],
    ['RATE_LIMITS', 'read:600/1m,read:700/1m'],
    ['CARD_TESTING_BRAKE', 'on'],
    ['CARD_TESTING_BRAKE', 'charges:10/1m'],
    ['CARD_TESTING_BRAKE', 'declines:77'],
    ['LOG_LEVEL', 'loud'],
    ['MODE', 'production'],
    ['ALLOW_INSECURE', 'everything'],
    ['ALLOW_INSECURE', 'local-issuer,everything'],
  ])('names %s in one line if it is %s, without repeating the value', (name, value) => {
    const boot = () => settingsFrom({ [name]: value });
    expect(boot).toThrow(SettingsError);
    expect(boot).toThrow(new RegExp(`^${name} [^\\n]+$`));
    expect(boot).not.toThrow(value);
  });

  it.each(['STRIPE_WEBHOOK_SECRET', 'REDIRECT_ORIGINS', 'TRUST_PROXY', 'ALLOW_INSECURE'])(
    'refuses a %s of separators only',
    (name) => {
      expect(() => settingsFrom({ [name]: ',' })).toThrow(new RegExp(`^${name} must be `));
    },
  );

  it('accepts addresses and CIDR ranges as trusted proxies', () => {
    const TRUST_PROXY = '10.0.0.0/8, 127.0.0.1,::1,fd00::/8, ::ffff:10.0.0.1';
    expect(settingsFrom({ TRUST_PROXY }).TRUST_PROXY).toHaveLength(5);
    expect(settingsFrom({}).TRUST_PROXY).toEqual([]);
  });

  it('requires the URL of the payment callback for its secret', () => {
    const PAYMENT_CALLBACK_SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;
    expect(() => settingsFrom({ PAYMENT_CALLBACK_SECRET })).toThrow(/^PAYMENT_CALLBACK_URL /);
    const PAYMENT_CALLBACK_URL = 'https://shop.example/payments?key=1';
    expect(settingsFrom({ PAYMENT_CALLBACK_URL, PAYMENT_CALLBACK_SECRET })).toMatchObject({
      PAYMENT_CALLBACK_URL,
      PAYMENT_CALLBACK_SECRET,
    });
  });

  it('requires the secret key for another API base, and the issuer for an identity provider', () => {
    expect(() => settingsFrom({ STRIPE_API_BASE: 'http://127.0.0.1:9420' })).toThrow(/^STRIPE_SECRET_KEY /);
    expect(() => settingsFrom({ JWKS_URL: 'https://id.example/jwks.json' })).toThrow(/^JWT_ISSUER /);
  });
});

describe('ENCRYPTION_KEY', () => {
  const [key, other] = [`${'k'.repeat(42)}g=`, `${'o'.repeat(42)}w=`];

  it('is one key, or several separated by commas', () => {
    expect(settingsFrom({ ENCRYPTION_KEY: key }).ENCRYPTION_KEY).toEqual([key]);
    expect(settingsFrom({ ENCRYPTION_KEY: `${key}, ${other}` }).ENCRYPTION_KEY).toEqual([key, other]);
  });

  it.each(['hunter2', 'k'.repeat(64), `${'k'.repeat(21)}g=`, `${key},hunter2`, `${'-'.repeat(43)}=`])(
    'refuses %s without repeating it',
    (ENCRYPTION_KEY) => {
      const read = () => settingsFrom({ ENCRYPTION_KEY });
      expect(read).toThrow(/^ENCRYPTION_KEY must be 32 random bytes in base64/);
      expect(read).not.toThrow(ENCRYPTION_KEY);
    },
  );
});

describe('.env.example', () => {
  const text = readFileSync('.env.example', 'utf8');
  const variables = new Map(
    [...text.matchAll(/^#([A-Z_]+)=(.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const defaults = Object.entries(settingsFrom({})).filter(([, value]) => String(value ?? ''));

  it('lists every setting, each with a comment', () => {
    const sources = readFileSync('src/config/settings.ts', 'utf8');
    const settings = [...sources.matchAll(/^  readonly ([A-Z_]+)/gm)].map(([, name]) => name);
    expect(new Set(variables.keys())).toEqual(new Set(settings));
  });

  it('works as .env without a change', () => {
    expect(parseEnv(text)).toEqual({});
  });

  it('shows the defaults', () => {
    expect(defaults.map(([name]) => [name, variables.get(name)])).toEqual(
      defaults.map(([name, value]) => [name, String(value)]),
    );
  });

  it.each([...variables])('shows a valid %s', (name, value) => {
    const needed = {
      ...(name === 'STRIPE_API_BASE' && { STRIPE_SECRET_KEY: 'sk_test_abc' }),
      ...(name === 'DATABASE_DIRECT_URL' && { DATABASE_URL: value }),
      ...(name === 'JWKS_URL' && { JWT_ISSUER: 'id' }),
      ...(name === 'PAYMENT_CALLBACK_SECRET' && { PAYMENT_CALLBACK_URL: 'https://shop.example/' }),
    };
    expect(settingsFrom({ [name]: value, ...needed }).isSet(name)).toBe(true);
  });
});
