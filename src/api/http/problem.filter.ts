import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DryRunEnd } from '#core/dry-run.js';
import type { Problem } from '#core/problem.js';
import { toProblem } from '../../database/to-problem.js';
import { describeFailure } from '../../logging/describe-failure.js';
import { DryRunResponse } from './dry-run.response.js';
import { frameworkProblem } from './framework-problem.js';
import { REQUEST_ID_HEADER } from './request-id.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, problemHeaders } from './problem-document.js';

/** Answers the end of a dry run, and every error with a problem document, and logs failures of 500 and above. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof DryRunEnd) {
      void reply.status(200).send(DryRunResponse.of(error.calls));
      return;
    }
    sendProblem(frameworkProblem(error) ?? toProblem(error, 'internal-error'), request, reply);
  }
}

/** Sends a problem document. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const { slug, status, extras } = problem;
  if (status >= 500 && !extras.isExpected) request.log.error(describeFailure(problem), slug);
  void reply
    .status(status)
    .headers({ ...problemHeaders(slug, extras), [REQUEST_ID_HEADER]: request.id })
    .type(PROBLEM_MEDIA_TYPE)
    .send(problemDocument(slug, extras, request.id));
}
