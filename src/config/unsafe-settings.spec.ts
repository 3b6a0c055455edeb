import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsFrom } from './settings.js';
import { requireSafeSettings, unsafeSettings } from './unsafe-settings.js';

/** 32 bytes in base64. */
const KEY = `${'k'.repeat(42)}g=`;

const SAFE = {
  STRIPE_SECRET_KEY: 'sk_live_abc',
  STRIPE_WEBHOOK_SECRET: 'whsec_abc',
  DATABASE_URL: 'postgresql://u:p@db.internal/paydesk?sslmode=verify-full',
  JWKS_URL: 'https://id.example/jwks.json',
  JWT_ISSUER: 'https://id.example',
  JWT_AUDIENCE: 'paydesk',
  REDIRECT_ORIGINS: 'https://shop.example',
  ENCRYPTION_KEY: KEY,
};
const SAFE_SANDBOX = {
  MODE: 'sandbox',
  HOST: '0.0.0.0',
  ALLOW_INSECURE: 'local-issuer,embedded-database',
  JWT_AUDIENCE: 'paydesk',
  REDIRECT_ORIGINS: 'https://shop.example',
};

type Environment = Record<string, string>;

function unsafeIn(environment: Environment, NODE_ENV?: string): string[] {
  return unsafeSettings(settingsFrom(environment), { NODE_ENV }).map(({ variable }) => variable);
}

/** The safe settings without some, and with others. */
function live(changes: Environment, ...leftOut: (keyof typeof SAFE)[]): Environment {
  const kept = Object.entries(SAFE).filter(([name]) => !leftOut.includes(name as keyof typeof SAFE));
  return { ...Object.fromEntries(kept), ...changes };
}

describe('unsafeSettings', () => {
  it('accepts the defaults, and a test key on loopback with the embedded parts', () => {
    expect(unsafeIn({})).toEqual([]);
    const test = { STRIPE_SECRET_KEY: 'sk_test_abc', ENCRYPTION_KEY: KEY };
    expect(unsafeIn(test)).toEqual([]);
    expect(unsafeIn(test, 'production')).toEqual([]);
  });

  it.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1'])('accepts the defaults on %s', (HOST) => {
    expect(unsafeIn({ HOST })).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'paydesk.internal', '127.0.0.1.example'])(
    'refuses a sandbox on %s unless MODE=sandbox',
    (HOST) => {
      const { MODE, ...undeclared } = SAFE_SANDBOX;
      expect(unsafeIn({ ...undeclared, HOST })).toEqual(['MODE']);
      expect(unsafeIn({ ...undeclared, HOST, MODE })).toEqual([]);
    },
  );

  it('refuses a sandbox in production unless MODE=sandbox', () => {
    expect(unsafeIn({}, 'production')).toEqual(['MODE']);
    expect(unsafeIn({ MODE: 'sandbox' }, 'production')).toEqual([]);
  });

  it('accepts a sandbox off loopback that says so', () => {
    expect(unsafeIn(SAFE_SANDBOX)).toEqual([]);
    expect(unsafeIn(SAFE_SANDBOX, 'production')).toEqual([]);
    expect(unsafeIn({ MODE: 'sandbox', HOST: '0.0.0.0' })).toEqual([
      'JWKS_URL',
      'DATABASE_URL',
      'JWT_AUDIENCE',
      'REDIRECT_ORIGINS',
    ]);
  });

  it('accepts live mode and a host off loopback with everything set', () => {
    expect(unsafeIn(SAFE)).toEqual([]);
    expect(unsafeIn({ ...SAFE, HOST: '0.0.0.0' }, 'production')).toEqual([]);
    expect(unsafeIn({ ...SAFE, HOST: '0.0.0.0', STRIPE_SECRET_KEY: 'rk_test_abc' })).toEqual([]);
  });

  it('names all that is unsafe about a live key alone', () => {
    expect(unsafeIn({ STRIPE_SECRET_KEY: 'sk_live_abc' })).toEqual([
      'JWKS_URL',
      'DATABASE_URL',
      'STRIPE_WEBHOOK_SECRET',
      'JWT_AUDIENCE',
      'REDIRECT_ORIGINS',
      'ENCRYPTION_KEY',
    ]);
  });

  it('needs an encryption key except in sandbox mode, and not the one of .env.example', () => {
    expect(unsafeIn(live({}, 'ENCRYPTION_KEY'))).toEqual(['ENCRYPTION_KEY']);
    expect(unsafeIn({ STRIPE_SECRET_KEY: 'sk_test_abc' })).toEqual(['ENCRYPTION_KEY']);
    const [, example = ''] = /^#ENCRYPTION_KEY=(.+)$/m.exec(readFileSync('.env.example', 'utf8')) ?? [];
    expect(unsafeIn(live({ ENCRYPTION_KEY: example }))).toEqual(['ENCRYPTION_KEY']);
    expect(unsafeIn(live({ ENCRYPTION_KEY: `${KEY},${example}` }))).toEqual(['ENCRYPTION_KEY']);
    const sandbox = { MODE: 'sandbox', ENCRYPTION_KEY: example };
    expect(unsafeIn(sandbox)).toEqual([]);
    expect(unsafeIn({ ...sandbox, HOST: '0.0.0.0' })).toContain('ENCRYPTION_KEY');
    const boot = () => requireSafeSettings(settingsFrom(live({}, 'ENCRYPTION_KEY')), {});
    expect(boot).toThrow(/^ENCRYPTION_KEY must be set in live mode: [^\n]*openssl rand -base64 32[^\n]*$/);
  });

  it('refuses the secret of .env.example for the payment callback', () => {
    const [, example = ''] =
      /^#PAYMENT_CALLBACK_SECRET=(.+)$/m.exec(readFileSync('.env.example', 'utf8')) ?? [];
    const callback = { PAYMENT_CALLBACK_URL: 'https://shop.example/', PAYMENT_CALLBACK_SECRET: example };
    expect(unsafeIn(callback)).toEqual(['PAYMENT_CALLBACK_SECRET']);
    expect(unsafeIn({ ...callback, PAYMENT_CALLBACK_SECRET: `whsec_${KEY}` })).toEqual([]);
  });

  it.each<[string, Environment]>([
    ['JWKS_URL', live({}, 'JWKS_URL')],
    ['JWKS_URL', live({ ALLOW_INSECURE: 'embedded-database' }, 'JWKS_URL')],
    ['DATABASE_URL', live({}, 'DATABASE_URL')],
    ['DATABASE_URL', live({ ALLOW_INSECURE: 'local-issuer' }, 'DATABASE_URL')],
    ['STRIPE_WEBHOOK_SECRET', live({}, 'STRIPE_WEBHOOK_SECRET')],
    ['STRIPE_API_BASE', live({ STRIPE_API_BASE: 'http://127.0.0.1:9420' })],
    ['JWT_AUDIENCE', live({}, 'JWT_AUDIENCE')],
    ['REDIRECT_ORIGINS', live({}, 'REDIRECT_ORIGINS')],
  ])('refuses %s in live mode, and in test mode off loopback: %j', (variable, environment) => {
    expect(unsafeIn(environment)).toEqual([variable]);
    const test = { ...environment, STRIPE_SECRET_KEY: 'sk_test_abc' };
    expect(unsafeIn({ ...test, HOST: '0.0.0.0' })).toEqual([variable]);
    expect(unsafeIn(test)).toEqual([]);
  });

  it('refuses to switch off the brake against card testing in live mode only', () => {
    expect(unsafeIn(live({ CARD_TESTING_BRAKE: 'off' }))).toEqual(['CARD_TESTING_BRAKE']);
    expect(unsafeIn(live({ CARD_TESTING_BRAKE: 'attempts:100/1m' }))).toEqual([]);
    expect(
      unsafeIn({ STRIPE_SECRET_KEY: 'sk_test_abc', ENCRYPTION_KEY: KEY, CARD_TESTING_BRAKE: 'off' }),
    ).toEqual([]);
  });

  it('refuses to verify no certificates in live mode, and in test mode off loopback', () => {
    const unverified = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const unsafe = (environment: Environment) =>
      unsafeSettings(settingsFrom(environment), unverified).map(({ variable }) => variable);
    expect(unsafe(SAFE)).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED']);
    const test = { ...SAFE, STRIPE_SECRET_KEY: 'sk_test_abc' };
    expect(unsafe({ ...test, HOST: '0.0.0.0' })).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED']);
    expect(unsafe(test)).toEqual([]);
    expect(unsafeSettings(settingsFrom(SAFE), { NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([]);
  });

  it('accepts embedded parts that ALLOW_INSECURE names', () => {
    const ALLOW_INSECURE = 'local-issuer, embedded-database';
    expect(unsafeIn(live({ ALLOW_INSECURE }, 'JWKS_URL', 'DATABASE_URL'))).toEqual([]);
  });

  it.each([
    'postgresql://u:p@127.0.0.1/paydesk',
    'postgresql://u:p@[::1]:5433/paydesk',
    'postgresql://u:p@localhost/paydesk?sslmode=disable',
    'postgresql://u:p@db.internal/paydesk?host=/run/postgresql',
    'postgresql://u:p@db.internal/paydesk?sslmode=disable&sslmode=verify-full',
    'postgresql://u:p@db.internal/paydesk?sslmode=verify-full&sslrootcert=/no/such/file',
  ])('accepts the database %s in live mode', (DATABASE_URL) => {
    expect(unsafeIn(live({ DATABASE_URL }))).toEqual([]);
  });

  it.each([
    'postgresql://u:p@db.internal/paydesk',
    'postgresql://u:p@db.internal/paydesk?ssl=true',
    'postgresql://u:p@db.internal/paydesk?sslmode=require',
    'postgresql://u:p@db.internal/paydesk?sslmode=no-verify',
    'postgresql://u:p@db.internal/paydesk?sslmode=verify-ca&sslrootcert=ca.pem',
    'postgresql://u:p@db.internal/paydesk?sslmode=verify-full&sslmode=disable',
    'postgresql://u:p@127.0.0.1/paydesk?host=db.internal',
    'postgresql://u:p@127.0.0.1.example/paydesk',
  ])('refuses the database %s in live mode, and does not repeat it', (DATABASE_URL) => {
    const settings = settingsFrom(live({ DATABASE_URL }));
    const boot = () => requireSafeSettings(settings, {});
    expect(boot).toThrow(/^DATABASE_URL must use TLS [^\n]+$/);
    expect(boot).not.toThrow('u:p');
    const direct = settingsFrom(live({ DATABASE_DIRECT_URL: DATABASE_URL }));
    expect(() => requireSafeSettings(direct, {})).toThrow(/^DATABASE_DIRECT_URL must use TLS [^\n]+$/);
  });
});
