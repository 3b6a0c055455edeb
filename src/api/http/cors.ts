import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The paths of the routes that declare `user` in `@Allow`. A preflight is answered before its route is known. */
const USER_ROUTES = /^\/(payments|operations)\//;
/** Chromium caches a preflight for no longer: https://developer.mozilla.org/docs/Web/HTTP/Headers/Access-Control-Max-Age */
const PREFLIGHT_CACHE_SECONDS = 7_200;
const NO_CORS: FastifyCorsOptions = { origin: false };

/**
 * Lets pages of these origins call the signed-in user's routes. Credentials are bearer tokens, never cookies, so pages of
 * other origins need no defense beyond the missing headers. Call it before any other hook is added: a preflight has no
 * credential and is answered at once.
 */
export async function allowUserOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const allowed: readonly string[] = origins.map((origin) => new URL(origin).origin);
  const options: FastifyCorsOptions = {
    origin: [...allowed],
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
    exposedHeaders: [
      'Idempotency-Key',
      'Idempotent-Replayed',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
    ],
    maxAge: PREFLIGHT_CACHE_SECONDS,
    strictPreflight: false,
  };
  const isAllowed = ({ url, headers }: FastifyRequest) =>
    USER_ROUTES.test(url) && headers.origin !== undefined && allowed.includes(headers.origin);
  await fastify.register(cors, {
    delegator: (request, callback) => callback(null, isAllowed(request) ? options : NO_CORS),
  });
}
