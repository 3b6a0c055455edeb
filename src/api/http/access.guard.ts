import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Actor, ActorKind } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import { ApiKeysService, isApiKey } from '../../access/api-keys.service.js';
import { UserTokensService } from '../../access/user-tokens.service.js';
import { ALLOWED, ANYONE } from './allow.decorator.js';
import { setActor } from './current-actor.decorator.js';

const NOBODY: readonly ActorKind[] = [];
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** Refuses every caller that the route does not name in `@Allow`. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeysService,
    private readonly userTokens: UserTokensService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowed =
      this.reflector.getAllAndOverride<readonly ActorKind[] | typeof ANYONE | undefined>(ALLOWED, [
        context.getHandler(),
        context.getClass(),
      ]) ?? NOBODY;
    if (allowed === ANYONE) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const actor = await this.actorOf(request);
    if (!actor) throw new Problem('unauthorized');
    if (!allowed.includes(actor.kind)) throw new Problem('forbidden');
    setActor(request, actor);
    return true;
  }

  private async actorOf(request: FastifyRequest): Promise<Actor | undefined> {
    const [, credential] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    if (!credential) return undefined;
    return isApiKey(credential) ? this.apiKeys.actorOf(credential) : this.userTokens.actorOf(credential);
  }
}
