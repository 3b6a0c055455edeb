import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { ActorKind } from '#core/actor.js';
import { ApiProblems, GUARDED } from './api-problems.decorator.js';

export const ALLOWED = 'paydesk:allowed';
export const ANYONE = 'anyone';

/** Who may call the routes of a controller, or one route. A route that names nobody is closed to all. */
export function Allow(...kinds: ActorKind[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ALLOWED, kinds),
    ...kinds.map((kind) => ApiBearerAuth(kind)),
    ApiProblems(...GUARDED),
  );
}

/** A route for everybody, without a credential. */
export function AllowAnyone(): ClassDecorator & MethodDecorator {
  return SetMetadata(ALLOWED, ANYONE);
}
