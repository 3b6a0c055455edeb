import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import { callerPseudonym } from '../../encryption/caller-reference.js';
import { Keyring } from '../../encryption/keyring.js';
import { type RateLimitUse, RateLimits, type RequestClass } from '../../limits/rate-limits.service.js';
import { findActor } from './current-actor.decorator.js';

const READS = new Set(['GET', 'HEAD']);
const ADMIN = /^\/admin(\/|$)/;

/** Limits how many requests a credential may send. */
@Injectable()
export class RateLimitCheck {
  constructor(
    private readonly limits: RateLimits,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Counts a request of an authenticated caller, and reports in headers what is left.
   *
   * @throws {Problem} `too-many-requests`
   */
  async check(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const actor = findActor(request);
    if (!actor) return;
    const requestClass = classOf(request);
    const use = await this.limits.take(requestClass, credentialOf(actor, this.keyring));
    if (!use) return;
    void reply.headers(headersOf(requestClass, use));
    if (!use.isAllowed) throw new Problem('too-many-requests', { retryAfterSeconds: secondsOf(use.resetMs) });
  }
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/ */
function headersOf(name: RequestClass, { limit, windowMs, remaining, resetMs }: RateLimitUse) {
  return {
    'RateLimit-Policy': `"${name}";q=${limit};w=${windowMs / 1000}`,
    RateLimit: `"${name}";r=${remaining};t=${secondsOf(resetMs)}`,
  };
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}

function classOf({ method, routeOptions }: FastifyRequest): RequestClass {
  if (ADMIN.test(routeOptions.url ?? '')) return 'admin';
  return READS.has(method) ? 'read' : 'write';
}

/** A key counts by its id. A token is short-lived, so its holder counts, by a pseudonym that fits the table. */
function credentialOf(actor: Actor, keyring: Keyring): string {
  if (actor.kind !== 'user' && actor.keyId) return actor.keyId;
  return callerPseudonym(actor, keyring);
}
