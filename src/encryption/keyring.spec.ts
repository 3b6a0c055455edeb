import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecryptionError, Keyring } from './keyring.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const keyring = new Keyring([first]);

describe('a keyring', () => {
  it('decrypts what it has encrypted, in the same context', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(keyring.decrypt(keyring.encrypt(text, context), context)).toBe(text);
      }),
    );
  });

  it('never encrypts a text twice in the same way, and shows nothing of it', () => {
    const [one, other] = [
      keyring.encrypt('pi_1_secret_abc', 'op-1'),
      keyring.encrypt('pi_1_secret_abc', 'op-1'),
    ];
    expect(one).not.toBe(other);
    expect(one).toMatch(new RegExp(`^v1\\.${keyring.keyIds[0]}\\.[\\w-]+$`));
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('secret');
  });

  it('refuses a text of another row', () => {
    expect(() => keyring.decrypt(keyring.encrypt('text', 'op-1'), 'op-2')).toThrow(DecryptionError);
  });

  it('refuses a text with any character changed or cut off', () => {
    const encrypted = keyring.encrypt('text', 'op-1');
    fc.assert(
      fc.property(fc.nat(encrypted.length - 1), fc.constantFrom('A', 'b', ''), (at, character) => {
        const changed = encrypted.slice(0, at) + character + encrypted.slice(at + 1);
        const bytes = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('hex');
        const isSame = bytes(changed) === bytes(encrypted) && changed.startsWith(`v1.${keyring.keyIds[0]}.`);
        fc.pre(!isSame);
        expect(() => keyring.decrypt(changed, 'op-1')).toThrow(DecryptionError);
      }),
    );
  });

  it('decrypts with an earlier key after a rotation, and encrypts with the first', () => {
    const rotated = new Keyring([second, first]);
    expect(rotated.decrypt(keyring.encrypt('text', 'op-1'), 'op-1')).toBe('text');
    expect(new Keyring([second]).decrypt(rotated.encrypt('text', 'op-1'), 'op-1')).toBe('text');
    expect(() => keyring.decrypt(rotated.encrypt('text', 'op-1'), 'op-1')).toThrow(DecryptionError);
  });

  it('gives a name one pseudonym, which an earlier key also knows after a rotation', () => {
    const pseudonym = keyring.pseudonym('bob@example.com');
    expect(pseudonym).toMatch(/^[\w-]{22}$/);
    expect(new Keyring([first]).pseudonym('bob@example.com')).toBe(pseudonym);
    expect(keyring.pseudonym('eve@example.com')).not.toBe(pseudonym);
    const rotated = new Keyring([second, first]);
    expect(rotated.pseudonym('bob@example.com')).not.toBe(pseudonym);
    expect(rotated.isPseudonym(pseudonym, 'bob@example.com')).toBe(true);
    expect(rotated.isPseudonym(pseudonym, 'eve@example.com')).toBe(false);
  });
});
