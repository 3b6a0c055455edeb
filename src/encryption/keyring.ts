import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** The length of a key in `ENCRYPTION_KEY`, for AES-256. */
export const KEY_BYTES = 32;

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
/** Random nonces of 96 bits are safe for 2^32 messages under one key: NIST SP 800-38D, section 8.3 */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PSEUDONYM_LENGTH = 22;

/** What is derived from one key of `ENCRYPTION_KEY`, so that no key has two purposes. */
interface DerivedKeys {
  /** Tells which key a text was encrypted with. Reveals nothing about the key. */
  id: string;
  encryption: Buffer;
  pseudonym: Buffer;
  signature: Buffer;
}

/** A text that no key of `ENCRYPTION_KEY` decrypts. The message contains nothing of the text. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';
}

/**
 * Encrypts what the database must not show, and replaces names by pseudonyms. The first key is used; the others only
 * decrypt what was encrypted before a rotation.
 */
export class Keyring {
  private readonly keys: readonly [DerivedKeys, ...DerivedKeys[]];

  /** @param keys of 32 bytes each, the current one first */
  constructor([current, ...earlier]: readonly [Buffer, ...Buffer[]]) {
    this.keys = [derivedKeys(current), ...earlier.map(derivedKeys)];
  }

  /** The ids of the keys, the current one first. They are part of every encrypted text. */
  get keyIds(): string[] {
    return this.keys.map(({ id }) => id);
  }

  /** What every text starts with that the current key has encrypted. */
  get currentPrefix(): string {
    return `${VERSION}.${this.keys[0].id}.`;
  }

  /**
   * Encrypts a text with AES-256-GCM.
   *
   * @param context where the text belongs, such as the id of its row. It can be decrypted in no other context.
   * @returns `v1.<key id>.<nonce, ciphertext and tag in base64url>`
   */
  encrypt(text: string, context: string): string {
    const [{ encryption }] = this.keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, encryption, nonce).setAAD(Buffer.from(context));
    const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return this.currentPrefix + Buffer.concat(sealed).toString('base64url');
  }

  /**
   * Decrypts a text.
   *
   * @throws {DecryptionError} if it was changed, belongs to another context, or its key is not in the keyring
   */
  decrypt(encrypted: string, context: string): string {
    const [version, keyId, payload = ''] = encrypted.split('.');
    const key = this.keys.find(({ id }) => id === keyId);
    if (version !== VERSION || !key)
      throw new DecryptionError('encrypted with a key that ENCRYPTION_KEY lacks');
    const sealed = Buffer.from(payload, 'base64url');
    try {
      const decipher = createDecipheriv(CIPHER, key.encryption, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      }).setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw new DecryptionError('the encrypted text was changed, or belongs to another row');
    }
  }

  /** Signs a text that others keep, such as the link of a payment, with HMAC-SHA-256. @returns base64url */
  sign(text: string): string {
    return signatureOf(text, this.keys[0]);
  }

  /** Whether this is the signature of a text, also one that was made before a rotation. */
  isSignature(signature: string, text: string): boolean {
    const given = Buffer.from(signature);
    return this.keys.some((key) => {
      const expected = Buffer.from(signatureOf(text, key));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  /** A name's keyed hash: the same for the same name, and nobody without the key can test a guess. */
  pseudonym(name: string): string {
    return pseudonymOf(name, this.keys[0]);
  }

  /** Whether this is the pseudonym of a name, also one that was made before a rotation. */
  isPseudonym(pseudonym: string, name: string): boolean {
    return this.keys.some((key) => pseudonymOf(name, key) === pseudonym);
  }
}

function signatureOf(text: string, { signature }: DerivedKeys): string {
  return createHmac('sha256', signature).update(text).digest('base64url');
}

function derivedKeys(key: Buffer): DerivedKeys {
  return {
    id: derive(key, 'key id').toString('hex').slice(0, 8),
    encryption: derive(key, 'encryption'),
    pseudonym: derive(key, 'pseudonym'),
    signature: derive(key, 'signature'),
  };
}

/** HKDF without a salt, as the key is random already: https://www.rfc-editor.org/rfc/rfc5869#section-3.1 */
function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `paydesk ${purpose}`, KEY_BYTES));
}

function pseudonymOf(name: string, { pseudonym }: DerivedKeys): string {
  return createHmac('sha256', pseudonym).update(name).digest('base64url').slice(0, PSEUDONYM_LENGTH);
}
