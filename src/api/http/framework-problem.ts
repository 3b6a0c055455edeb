import { HttpException } from '@nestjs/common';
import { invalidField, Problem } from '#core/problem.js';

/** The problem for an error that Nest or Fastify threw by itself; undefined for any other error. */
export function problemOfFramework(error: unknown): Problem | undefined {
  switch (statusOf(error)) {
    case 400:
      return codeOf(error) === 'FST_ERR_BAD_URL'
        ? invalidField('url', 'is not a valid URL')
        : invalidField('body', 'is not valid JSON');
    case 404:
      return new Problem('not-found');
    case 413:
      return new Problem('payload-too-large');
    case 414:
      return invalidField('url', 'is too long');
    case 415:
      return new Problem('unsupported-media-type');
    case 503:
      return new Problem('unavailable', {}, error);
    default:
      return undefined;
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!codeOf(error)?.startsWith('FST_ERR')) return undefined;
  return (error as { statusCode?: number }).statusCode;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
