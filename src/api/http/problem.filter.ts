import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway } from '../../database/database-away.js';
import { Problem, PROBLEMS } from '#core/problem.js';
import { describeFailure } from '../../logging/describe-failure.js';
import { problemOfFramework } from './framework-problem.js';
import { PROBLEM_MEDIA_TYPE, problemDocument } from './problem-document.js';

/** Where a problem that may pass names no other time. */
const RETRY_AFTER_SECONDS = 1;

/** Tells every failure as a problem document, and logs those that are ours or the provider's. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    tellProblem(problemFrom(error), request, reply);
  }
}

/** Answers with a problem. */
export function tellProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const { slug, status, extras } = problem;
  if (status >= 500) request.log.error(describeFailure(problem), slug);
  if (slug === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
  if (PROBLEMS[slug].retryable) {
    reply.header('Retry-After', String(extras.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
  }
  if (extras.replayed) reply.header('Idempotent-Replayed', 'true');
  void reply
    .status(status)
    .type(PROBLEM_MEDIA_TYPE)
    .send(problemDocument(slug, extras, request.id));
}

function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseAway(error)) return new Problem('unavailable', {}, error);
  return problemOfFramework(error) ?? new Problem('internal-error', {}, error);
}
