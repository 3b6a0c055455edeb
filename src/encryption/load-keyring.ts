import { randomBytes } from 'node:crypto';
import { type Settings, SettingsError } from '../config/settings.js';
import { KEY_BYTES, Keyring } from './keyring.js';
import { readOrCreateSecret } from './secret-file.js';

const KEY_FILE = 'encryption-key';

/**
 * The keyring of `ENCRYPTION_KEY`. If it is not set, the key is in a file in `DATA_DIR` that is created at the first
 * start, which unsafe-settings.ts allows in sandbox mode only.
 *
 * @throws {SettingsError} if the file contains something else
 */
export async function loadKeyring({ ENCRYPTION_KEY, DATA_DIR }: Settings): Promise<Keyring> {
  const [first, ...others] = ENCRYPTION_KEY;
  if (first !== undefined) return new Keyring([toKey(first), ...others.map(toKey)]);
  const created = await readOrCreateSecret(DATA_DIR, KEY_FILE, async () =>
    randomBytes(KEY_BYTES).toString('base64'),
  );
  const key = toKey(created);
  if (key.length !== KEY_BYTES) {
    throw new SettingsError(`DATA_DIR contains a file ${KEY_FILE} that is not a key of ${KEY_BYTES} bytes`);
  }
  return new Keyring([key]);
}

function toKey(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
