import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Actor, partnerTenant } from '#core/actor.js';
import { Settings } from '../../config/settings.js';
import { handlerMetadata } from './handler-metadata.js';
import { invalidIdempotencyKey } from './idempotency-key.js';
import { actorOf } from './current-actor.decorator.js';

const REQUIRABLE = 'paydesk:idempotency-key-requirable';
const EVERY_CALLER = 'true';

/** What may require an Idempotency-Key on a route. */
type RequiredBy = 'settings-and-guardrails' | 'guardrails';

/** Lets REQUIRE_IDEMPOTENCY_KEY and guardrails require a key on this route. For charges and refunds. */
export function IdempotencyKeyRequirable(): MethodDecorator {
  return SetMetadata(REQUIRABLE, 'settings-and-guardrails' satisfies RequiredBy);
}

/** Lets guardrails require a key on this route. For checkouts, which are not subject to REQUIRE_IDEMPOTENCY_KEY. */
export function IdempotencyKeyRequirableByGuardrails(): MethodDecorator {
  return SetMetadata(REQUIRABLE, 'guardrails' satisfies RequiredBy);
}

/** Refuses a request without a key from callers of whom the settings, or guardrails of their API key, require one. */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  canActivate(context: ExecutionContext): boolean {
    const requiredBy = handlerMetadata(REQUIRABLE, context) as RequiredBy | undefined;
    if (!requiredBy) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.headers['idempotency-key'] !== undefined) return true;
    const actor = actorOf(request);
    const isRequired =
      isRequiredByGuardrails(actor) ||
      (requiredBy === 'settings-and-guardrails' && this.isRequiredBySettings(actor));
    if (isRequired) throw invalidIdempotencyKey('is required');
    return true;
  }

  private isRequiredBySettings(actor: Actor): boolean {
    const required = this.settings.REQUIRE_IDEMPOTENCY_KEY;
    return (
      required.includes(EVERY_CALLER) ||
      (actor.kind === 'partner' && required.map(partnerTenant).includes(actor.tenant))
    );
  }
}

function isRequiredByGuardrails(actor: Actor): boolean {
  return actor.kind !== 'user' && actor.guardrails?.requireIdempotencyKey === true;
}
