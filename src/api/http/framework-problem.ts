import { HttpException } from '@nestjs/common';
import { invalidField, Problem } from '#core/problem.js';

/** Errors whose `statusCode` is an HTTP status: Fastify's own, and the ECONNRESET of an interrupted body. */
const FASTIFY_CODE = /^(FST_ERR_|ECONNRESET$)/;
const INVALID_JSON = ['body', 'is not valid JSON'] as const;
const INVALID: Readonly<Record<string, readonly [field: string, message: string]>> = {
  FST_ERR_BAD_URL: ['url', 'is not a valid URL'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['Content-Length', 'is not the length of the body'],
  ECONNRESET: ['body', 'is incomplete'],
};

/** The problem for an error that Nest or Fastify threw by itself; undefined for any other error. */
export function frameworkProblem(error: unknown): Problem | undefined {
  switch (statusOf(error)) {
    case 400:
      return invalidField(...(INVALID[codeOf(error) ?? ''] ?? INVALID_JSON));
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
  if (!FASTIFY_CODE.test(codeOf(error) ?? '')) return undefined;
  return (error as { statusCode?: number }).statusCode;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
