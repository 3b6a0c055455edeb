import { type Actor, callerName } from '#core/actor.js';
import type { Keyring } from './keyring.js';

/**
 * How the log and the operations refer to a caller: by name, but a user by a pseudonym, because a user's id may be an
 * e-mail address.
 */
export function callerReference(actor: Actor, keyring: Keyring): string {
  const name = callerName(actor);
  return actor.kind === 'user' ? `${actor.tenant}/user:${keyring.pseudonym(name)}` : name;
}
