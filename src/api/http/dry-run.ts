import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { DryRun } from '#core/dry-run.js';
import { invalidField } from '#core/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether requests of the route are operations, which can be tried out. */
    isOperation?: boolean;
  }
}

const HEADER = 'Dry-Run';

/** A dry run if the request asks for one. @throws {Problem} `invalid-request` for another value than `true` */
export function dryRunOf(message: IncomingMessage): DryRun | undefined {
  const given = message.headers['dry-run'];
  if (given === undefined) return undefined;
  if (given !== 'true') throw invalidField(HEADER, 'must be sent once, and be true');
  return new DryRun();
}

/**
 * Refuses a dry run of a route that has none: it would change something, which the caller does not expect. A GET changes
 * nothing.
 */
export function refuseUnsupportedDryRun({ method, headers, routeOptions }: FastifyRequest): void {
  if (headers['dry-run'] === undefined || method === 'GET' || method === 'HEAD') return;
  if (!routeOptions.config.isOperation) throw invalidField(HEADER, 'is not supported by this route');
}
