import { describe, expect, it } from 'vitest';
import { Keyring } from '../encryption/keyring.js';
import { confirmTokenOf, readConfirmToken } from './confirm-token.js';

const key = (byte: number) => Buffer.alloc(32, byte);
const keyring = new Keyring([key(1)]);
const content = { paymentId: 'pi_3TUvWxABCDEFGHIJ0RSTUVWX', expiresAt: new Date('2026-11-23T09:30:00Z') };

describe('a confirm token', () => {
  const token = confirmTokenOf(content, keyring);

  it('tells its payment and its expiry', () => {
    expect(readConfirmToken(token, keyring)).toEqual(content);
    expect(confirmTokenOf(content, keyring)).toBe(token);
  });

  it('is valid after a rotation, until its key is removed', () => {
    expect(readConfirmToken(token, new Keyring([key(2), key(1)]))).toEqual(content);
    expect(readConfirmToken(token, new Keyring([key(2)]))).toBeUndefined();
  });

  it('is not valid with any other character, or none', () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'a' ? 'b' : 'a';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      expect(readConfirmToken(changed, keyring)).toBeUndefined();
      expect(readConfirmToken(token.slice(0, at), keyring)).toBeUndefined();
    }
    expect(readConfirmToken(`${token}a`, keyring)).toBeUndefined();
  });
});
