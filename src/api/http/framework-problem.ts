import { HttpException } from '@nestjs/common';
import { invalidField, Problem } from '#core/problem.js';

/** Errors whose `statusCode` is an HTTP status: Fastify's own, and the ECONNRESET of an interrupted body. */
const FASTIFY_CODE = /^(FST_|ECONNRESET$)/;

const INVALID_BY_CODE: Readonly<Record<string, readonly [field: string, message: string]>> = {
  FST_ERR_BAD_URL: ['url', 'is not a valid URL'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['Content-Length', 'is not the length of the body'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body', 'is not valid JSON'],
  ECONNRESET: ['body', 'is incomplete'],
};

const INVALID_BY_STATUS: Readonly<Record<number, readonly [field: string, message: string]>> = {
  412: ['If-Match', 'does not match'],
  414: ['url', 'is too long'],
};

/** The problem for a 4xx or 503 that Nest, Fastify or a plugin of theirs threw by itself; undefined for other errors. */
export function frameworkProblem(error: unknown): Problem | undefined {
  const status = statusOf(error) ?? 500;
  if (status === 503) return new Problem('unavailable', {}, error);
  return status >= 400 && status < 500 ? refusal(status, codeOf(error) ?? '') : undefined;
}

function refusal(status: number, code: string): Problem {
  switch (status) {
    case 401:
      return new Problem('unauthorized');
    case 403:
      // @fastify/static: a path that is not canonical, in which no file is looked for.
      return new Problem(code === 'FST_STATIC_FORBIDDEN_PATH' ? 'not-found' : 'forbidden');
    case 404:
    case 405:
      return new Problem('not-found');
    case 408:
      return new Problem('request-timeout');
    case 413:
      return new Problem('payload-too-large');
    case 416:
      return new Problem('range-not-satisfiable');
    case 415:
      return new Problem('unsupported-media-type');
    case 429:
      return new Problem('too-many-requests');
    case 431:
      return new Problem('headers-too-large');
    default:
      return invalidField(
        ...(INVALID_BY_CODE[code] ?? INVALID_BY_STATUS[status] ?? ['request', 'is not valid']),
      );
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!FASTIFY_CODE.test(codeOf(error) ?? '')) return undefined;
  return (error as { statusCode?: number }).statusCode;
}

/** Nest wraps errors of Fastify and of its plugins. */
function codeOf(error: unknown): string | undefined {
  const source = error instanceof HttpException ? error.cause : error;
  return source instanceof Error && 'code' in source ? String(source.code) : undefined;
}
