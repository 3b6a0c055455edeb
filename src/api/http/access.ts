import type { Actor } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import type { Scope } from '#core/scope.js';

/** The kinds of callers that may use a route, with the scope that each needs. A signed-in user needs none. */
export interface Access {
  user?: true;
  partner?: Scope;
  service?: Scope;
}

/** What a route declares: its callers, or that it needs no credential. */
export type DeclaredAccess = Access | 'anyone';

/**
 * Why a caller may not use a route: `unauthorized` without a valid credential; `forbidden` for a kind of caller that
 * the route does not declare or for a key without its scope. Undefined if it may.
 */
export function refusalOf(access: Access, actor: Actor | undefined): Problem | undefined {
  if (!actor) return new Problem('unauthorized');
  const needed = access[actor.kind];
  if (!needed) return new Problem('forbidden');
  if (actor.kind === 'user' || needed === true) return undefined;
  return actor.scopes.includes(needed) ? undefined : new Problem('forbidden', { requiredScope: needed });
}
