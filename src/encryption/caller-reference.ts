import { type Actor, callerName, type UserActor } from '#core/actor.js';
import type { Keyring } from './keyring.js';

/** Kept because an HMAC takes long. All requests with the same remembered token have the same actor. */
const pseudonyms = new WeakMap<Actor, string>();

/** A short pseudonym of a caller. */
export function callerPseudonym(actor: Actor, keyring: Keyring): string {
  const known = pseudonyms.get(actor);
  if (known !== undefined) return known;
  const pseudonym = keyring.pseudonym(callerName(actor));
  pseudonyms.set(actor, pseudonym);
  return pseudonym;
}

/**
 * How the log and the operations refer to a caller: by name, but a user by a pseudonym, because a user's id may be an
 * e-mail address.
 */
export function callerReference(actor: Actor, keyring: Keyring): string {
  return actor.kind === 'user' ? userPrefix(actor) + callerPseudonym(actor, keyring) : callerName(actor);
}

/** Whether a reference is to this caller, also one from before a rotation of the key, or an earlier version's name. */
export function isReferenceTo(actor: Actor, reference: string, keyring: Keyring): boolean {
  const name = callerName(actor);
  if (reference === name) return true;
  if (actor.kind !== 'user' || !reference.startsWith(userPrefix(actor))) return false;
  return keyring.isPseudonym(reference.slice(userPrefix(actor).length), name);
}

function userPrefix({ tenant }: UserActor): string {
  return `${tenant}/user:`;
}
