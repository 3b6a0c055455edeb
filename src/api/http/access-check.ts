import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';
import { AccessTokensService } from '../../access/access-tokens.service.js';
import { isApiKey } from '../../access/api-key.js';
import { ApiKeysService } from '../../access/api-keys.service.js';
import { FailedCredentials } from '../../limits/failed-credentials.service.js';
import { type DeclaredAccess, refusalOf } from './access.js';
import { clientAddressOf } from './client-address.js';
import { setActor } from './current-actor.decorator.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. Nobody may if it is missing. */
    access?: DeclaredAccess;
  }
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** Refuses every caller that the route does not declare in `@Allow`, and every key without the route's scope. */
@Injectable()
export class AccessCheck {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly accessTokens: AccessTokensService,
    private readonly failures: FailedCredentials,
  ) {}

  /**
   * Authenticates the caller of a request, and remembers it for `@CurrentActor`.
   *
   * @throws {Problem} `unauthorized` or `forbidden`; `too-many-requests` if its address has sent too many wrong
   *   credentials
   */
  async check(request: FastifyRequest): Promise<void> {
    const { access = {} } = request.routeOptions.config;
    if (access === 'anyone') return;
    const actor = await this.actorOf(request);
    const refusal = refusalOf(access, actor);
    if (refusal) throw refusal;
    if (actor) setActor(request, actor);
  }

  private async actorOf(request: FastifyRequest): Promise<Actor | undefined> {
    const [, credential] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    if (!credential) return undefined;
    const credentials = isApiKey(credential) ? this.apiKeys : this.accessTokens;
    return credentials.actorOf(credential, (check) => this.failures.check(clientAddressOf(request), check));
  }
}
