import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { ActorKind } from '#core/actor.js';
import { ApiProblems, GUARDED } from './api-problems.decorator.js';

export const ALLOWED = 'paydesk:allowed';
export const ANYONE = 'anyone';

/** Which kinds of callers may use a controller or a route. Without this decorator, nobody may. */
export function Allow(...kinds: ActorKind[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ALLOWED, kinds),
    ...kinds.map((kind) => ApiBearerAuth(kind)),
    ApiProblems(...GUARDED),
  );
}

/** Opens a route to everybody, without a credential. */
export function AllowAnyone(): ClassDecorator & MethodDecorator {
  return SetMetadata(ALLOWED, ANYONE);
}
