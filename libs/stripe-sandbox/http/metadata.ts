import { failures } from './errors.js';
import { lengthOf, type Param } from './params.js';

/** Changes to metadata: a value to set, null to remove a key; null alone removes them all. */
export type MetadataChange = Record<string, string | null> | null;

/** Source: https://docs.stripe.com/api/metadata (50 keys, of 40 characters, with values of 500). */
export const metadata = (): Param<MetadataChange> => ({
  isRequired: false,
  read(value, name) {
    if (value === '') return null;
    if (typeof value === 'string' || Array.isArray(value)) throw failures.badType('hash', name, value);
    const changes: Record<string, string | null> = {};
    for (const [key, text] of Object.entries(value)) {
      const param = `${name}[${key}]`;
      const keyLength = lengthOf(key);
      if (keyLength > 40) throw failures.metadataKeyTooLong(param, key, keyLength);
      if (typeof text !== 'string') throw failures.badType('string', param, text);
      const length = lengthOf(text);
      if (length > 500) throw failures.metadataValueTooLong(param, text, length);
      changes[key] = text === '' ? null : text;
    }
    mergeMetadata({}, changes);
    return changes;
  },
});

/**
 * Metadata after a change: keys that the change does not name stay.
 * @throws StripeFailure 400 when more than 50 keys would be kept
 */
export function mergeMetadata(
  current: Record<string, string>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === undefined) return current;
  const merged = change === null ? {} : { ...current };
  for (const [key, text] of Object.entries(change ?? {})) {
    if (text === null) delete merged[key];
    else merged[key] = text;
  }
  const count = Object.keys(merged).length;
  if (count > 50) throw failures.metadataTooMany(count);
  return merged;
}
