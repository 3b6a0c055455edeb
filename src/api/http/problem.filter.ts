import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway } from '../../database/database-away.js';
import { Problem, type ProblemSlug } from '../../core/problem.js';
import { describeFailure } from './describe-failure.js';
import { PROBLEM_MEDIA_TYPE, problemDocument } from './problem-document.js';

/** What the HTTP layer itself refuses, by status. */
const SLUG_BY_STATUS: Readonly<Record<number, ProblemSlug>> = {
  400: 'invalid-request',
  404: 'not-found',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  503: 'unavailable',
};

/** Tells every failure as a problem document, and logs those that are ours or the provider's. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemFrom(error);
    const { slug, status, extras } = problem;
    if (status >= 500) request.log.error(describeFailure(problem), slug);
    if (slug === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
    if (extras.retryAfterSeconds) reply.header('Retry-After', String(extras.retryAfterSeconds));
    if (extras.replayed) reply.header('Idempotent-Replayed', 'true');
    void reply
      .status(status)
      .type(PROBLEM_MEDIA_TYPE)
      .send(problemDocument(slug, extras, request.id));
  }
}

function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseAway(error)) return new Problem('unavailable', { retryAfterSeconds: 1 }, error);
  return new Problem(SLUG_BY_STATUS[statusOf(error) ?? 500] ?? 'internal-error', {}, error);
}

/** Of Nest's own exceptions, and of Fastify's refusals of bodies and URLs. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (
    error instanceof Error &&
    'code' in error &&
    'statusCode' in error &&
    String(error.code).startsWith('FST_ERR')
  ) {
    return Number(error.statusCode);
  }
  return undefined;
}
