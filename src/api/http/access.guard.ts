import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';
import { AccessTokensService } from '../../access/access-tokens.service.js';
import { isApiKey } from '../../access/api-key.js';
import { ApiKeysService } from '../../access/api-keys.service.js';
import { type DeclaredAccess, refusalOf } from './access.js';
import { ALLOWED } from './allow.decorator.js';
import { setActor } from './current-actor.decorator.js';

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** Refuses every caller that the route does not declare in `@Allow`, and every key without the route's scope. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeysService,
    private readonly accessTokens: AccessTokensService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access =
      this.reflector.getAllAndOverride<DeclaredAccess | undefined>(ALLOWED, [
        context.getHandler(),
        context.getClass(),
      ]) ?? {};
    if (access === 'anyone') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const actor = await this.actorOf(request);
    const refusal = refusalOf(access, actor);
    if (refusal) throw refusal;
    if (actor) setActor(request, actor);
    return true;
  }

  private async actorOf(request: FastifyRequest): Promise<Actor | undefined> {
    const [, credential] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    if (!credential) return undefined;
    return isApiKey(credential) ? this.apiKeys.actorOf(credential) : this.accessTokens.actorOf(credential);
  }
}
