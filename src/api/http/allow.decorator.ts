import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { Access, DeclaredAccess } from './access.js';
import { ApiProblems, GUARDED } from './api-problems.decorator.js';
import { AddRouteConfig } from './route-config.js';

export const ALLOWED = 'paydesk:allowed';

/**
 * Declares which kinds of callers may use a route, and the scope that a partner or a service needs:
 * `@Allow({ user: true, partner: 'charges:read' })`. Without this decorator, nobody may use it.
 */
export function Allow(access: Access): MethodDecorator {
  const { user, ...scopes } = access;
  return applyDecorators(
    declareAccess(access),
    ...(user ? [ApiBearerAuth('user')] : []),
    ...Object.entries(scopes).map(([kind, scope]) => ApiSecurity(kind, [scope])),
    ApiProblems(...GUARDED),
  );
}

/** Opens a route to everybody, without a credential. */
export function AllowAnyone(): MethodDecorator {
  return declareAccess('anyone');
}

function declareAccess(access: DeclaredAccess): MethodDecorator {
  return applyDecorators(SetMetadata(ALLOWED, access), AddRouteConfig({ access }));
}
