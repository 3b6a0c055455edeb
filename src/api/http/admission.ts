import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#core/problem.js';
import { AccessCheck } from './access-check.js';
import { mayHaveLongBody } from './long-body.js';
import { refuseUnsupportedDryRun } from './dry-run.js';
import { RateLimitCheck } from './rate-limit.js';
import { RawBodies } from './raw-body.js';
import { trackWork } from './request-end.js';
import { requireUnambiguous } from './unambiguous-request.js';

/** Throws a problem for a request that is not admitted. */
type Step = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

/** What every request passes before its body is read. */
@Injectable()
export class Admission {
  private readonly steps: readonly Step[];

  constructor(access: AccessCheck, rateLimit: RateLimitCheck, rawBodies: RawBodies) {
    // In this order.
    this.steps = [
      requireUnambiguous,
      requireRoute,
      (request) => access.check(request),
      refuseUnsupportedDryRun,
      (request, reply) => rateLimit.check(request, reply),
      (request, reply) => rawBodies.admit(request, reply),
      askForBody,
    ];
  }

  /** @throws {Problem} of the first step that refuses the request */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      for (const step of this.steps) {
        // Most steps return nothing, and each `await` of nothing costs a turn of the microtask queue.
        const running = step(request, reply);
        if (running) await running;
      }
    } catch (error) {
      if (mayHaveLongBody(request.headers)) void reply.header('Connection', 'close');
      throw error;
    }
  }
}

/** Makes requests pass their admission. Call it before any route is registered. */
export function admitRequests(fastify: FastifyInstance, admission: Admission): void {
  fastify.addHook('onRequest', (request, reply) => trackWork(request, admission.admit(request, reply)));
}

function requireRoute({ is404 }: FastifyRequest): void {
  if (is404) throw new Problem('not-found');
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1 */
function askForBody({ headers, routeOptions }: FastifyRequest, { raw }: FastifyReply): void {
  const isTooLong = Number(headers['content-length']) > (routeOptions.bodyLimit ?? 0);
  if (headers.expect !== undefined && !isTooLong) raw.writeContinue();
}
