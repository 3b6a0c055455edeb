import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callerReference, isReferenceTo } from './caller-reference.js';
import { Keyring } from './keyring.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const keyring = new Keyring([first]);
const bob = { kind: 'user', tenant: 'issuer:paydesk', userId: 'bob@example.com' } as const;
const eve = { ...bob, userId: 'eve@example.com' };
const partner = { kind: 'partner', tenant: 'partner:acme', keyId: 'key-1', scopes: [] } as const;

describe('the reference to a caller', () => {
  it('contains no id of a user', () => {
    expect(callerReference(bob, keyring)).toMatch(/^issuer:paydesk\/user:[\w-]{22}$/);
  });

  it('is the name of a partner', () => {
    expect(callerReference(partner, keyring)).toBe('partner:acme');
    expect(isReferenceTo(partner, 'partner:acme', keyring)).toBe(true);
    expect(isReferenceTo(partner, 'partner:acme/user:bob', keyring)).toBe(false);
  });

  it('refers to this user only, also after a rotation of the key', () => {
    const reference = callerReference(bob, keyring);
    const rotated = new Keyring([second, first]);
    expect([keyring, rotated].map((keys) => isReferenceTo(bob, reference, keys))).toEqual([true, true]);
    expect([keyring, rotated].map((keys) => isReferenceTo(eve, reference, keys))).toEqual([false, false]);
    expect(isReferenceTo({ ...bob, tenant: 'issuer:other' }, reference, keyring)).toBe(false);
  });

  it('of an earlier version is the name of a user', () => {
    expect(isReferenceTo(bob, 'issuer:paydesk/user:bob@example.com', keyring)).toBe(true);
    expect(isReferenceTo(eve, 'issuer:paydesk/user:bob@example.com', keyring)).toBe(false);
  });
});
