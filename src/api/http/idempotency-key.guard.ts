import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type Actor, partnerTenant } from '#core/actor.js';
import { Settings } from '../../config/settings.js';
import { invalidIdempotencyKey } from './idempotency-key.js';
import { actorOf } from './current-actor.decorator.js';

const REQUIRABLE = 'paydesk:idempotency-key-requirable';
const EVERY_CALLER = 'true';

/** Lets REQUIRE_IDEMPOTENCY_KEY require a key on this route. For charges and refunds. */
export function IdempotencyKeyRequirable(): MethodDecorator {
  return SetMetadata(REQUIRABLE, true);
}

/** Refuses a charge or refund without a key from callers of whom the settings require one. */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly settings: Settings,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.reflector.get<true | undefined>(REQUIRABLE, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isMissing = request.headers['idempotency-key'] === undefined;
    if (isMissing && this.isRequiredOf(actorOf(request))) throw invalidIdempotencyKey('is required');
    return true;
  }

  private isRequiredOf(actor: Actor): boolean {
    const required = this.settings.REQUIRE_IDEMPOTENCY_KEY;
    return (
      required.includes(EVERY_CALLER) ||
      (actor.kind === 'partner' && required.map(partnerTenant).includes(actor.tenant))
    );
  }
}
