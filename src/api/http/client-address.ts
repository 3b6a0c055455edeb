import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The address that a request comes from: the last one in `X-Forwarded-For` that is no proxy of `TRUST_PROXY`, if the
 * connection is from such a proxy. Otherwise, or if that is not an IP address, the address of the connection.
 */
export function clientAddressOf({ ip, socket }: FastifyRequest): string {
  return isIP(ip) ? ip : (socket.remoteAddress ?? 'unknown');
}
