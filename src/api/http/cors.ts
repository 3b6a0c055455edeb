import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Chromium caches a preflight for no longer: https://developer.mozilla.org/docs/Web/HTTP/Headers/Access-Control-Max-Age */
const PREFLIGHT_CACHE_SECONDS = 7_200;
const NO_CORS: FastifyCorsOptions = { origin: false };
/** Headers of responses that a page may read. */
export const CORS_EXPOSED_HEADERS = [
  'Idempotency-Key',
  'Idempotent-Replayed',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
];

/**
 * Lets pages of these origins call the signed-in user's routes. Credentials are bearer tokens, never cookies, so pages of
 * other origins need no defense beyond the missing headers. Call it before any route is registered and before any hook
 * that checks requests: a preflight has no credential and is answered at once.
 */
export async function allowUserOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const allowed: readonly string[] = origins.map((origin) => new URL(origin).origin);
  const options: FastifyCorsOptions = {
    origin: [...allowed],
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Dry-Run', 'Idempotency-Key', 'X-Request-Id'],
    exposedHeaders: CORS_EXPOSED_HEADERS,
    maxAge: PREFLIGHT_CACHE_SECONDS,
    strictPreflight: false,
  };
  const isUserRoute = userRoutesOf(fastify);
  const isAllowed = ({ url, headers }: FastifyRequest) =>
    isUserRoute(url) && headers.origin !== undefined && allowed.includes(headers.origin);
  await fastify.register(cors, {
    delegator: (request, callback) => callback(null, isAllowed(request) ? options : NO_CORS),
  });
}

/** Whether a URL is that of a route that declares `user` in `@Allow`. A preflight is answered before its route is known. */
function userRoutesOf(fastify: FastifyInstance): (url: string) => boolean {
  const patterns: RegExp[] = [];
  fastify.addHook('onRoute', ({ url, config: { access } = {} }) => {
    if (access === undefined || access === 'anyone' || !access.user) return;
    patterns.push(new RegExp(`^${url.replaceAll(/:[^/]+/g, '[^/?]+')}(\\?|$)`));
  });
  return (url) => patterns.some((pattern) => pattern.test(url));
}
