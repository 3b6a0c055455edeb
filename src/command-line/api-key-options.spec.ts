import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { parseDurationOption, parseLabel, parseScopes } from './api-key-options.js';

describe('parseScopes', () => {
  it('gives exactly the named scopes, and all but keys:admin without the option', () => {
    expect(parseScopes('keys:admin,customers:read,keys:admin')).toEqual(['keys:admin', 'customers:read']);
    expect(parseScopes(undefined)).toBe(DEFAULT_SCOPES);
  });

  it.each(['', 'admin', 'customers:read,', 'customers:read, refunds:write', 'CUSTOMERS:READ', 'toString'])(
    'refuses %j',
    (option) => {
      expect(() => parseScopes(option)).toThrow(/^--scopes: ".*" is not one of customers:read, /);
    },
  );
});

describe('parseDurationOption', () => {
  it('gives milliseconds', () => {
    expect(parseDurationOption('expires', '90d')).toBe(7_776_000_000);
    expect(parseDurationOption('expires', undefined)).toBeUndefined();
  });

  it.each(['', 'soon', '90', '0d', '-1d'])('refuses %j, and names the option', (option) => {
    expect(() => parseDurationOption('overlap', option)).toThrow(/^--overlap must be a number followed by/);
  });
});

describe('parseLabel', () => {
  it.each(['x', 'CRM, nightly', '\u{1F642}'.repeat(100)])('takes %j', (label) => {
    expect(parseLabel(label)).toBe(label);
  });

  it.each(['', 'a\nb', 'a\u202eb', 'a\u200bb', 'x'.repeat(101), '\ud800'])('refuses %j', (label) => {
    expect(() => parseLabel(label)).toThrow(/^--label must be 1 to 100 characters/);
  });
});
