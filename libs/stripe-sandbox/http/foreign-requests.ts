import type { FastifyRequest } from 'fastify';
import { failures, type StripeFailure } from './errors.js';

/** https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
const LOOPBACK_NAME = /^((.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Routes that no page calls. The pages themselves are opened from other sites: a shop redirects to its checkout. */
const API_ROUTE = /^\/(v1|_sandbox)\//;
const OWN_SITE: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'none']);

/**
 * Why a request is refused that a web page may have made a browser send: to a host name that is not the sandbox's own,
 * as in DNS rebinding, or to the API from a page of another origin. Undefined if it is not refused.
 * https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
 *
 * @param hostNames names and addresses of the sandbox beside those of the loopback interface
 */
export function foreignRequest(
  request: FastifyRequest,
  hostNames: ReadonlySet<string>,
): StripeFailure | undefined {
  const { headers, socket, routeOptions } = request;
  const name = hostNameIn(headers.host);
  const isOwn = LOOPBACK_NAME.test(name) || hostNames.has(name) || name === addressOf(socket.localAddress);
  if (!isOwn) return failures.foreignHost();
  if (!API_ROUTE.test(routeOptions.url ?? '')) return undefined;
  const isOwnOrigin = headers.origin === undefined || headers.origin === `http://${headers.host}`;
  return isOwnOrigin && OWN_SITE.has(headers['sec-fetch-site']) ? undefined : failures.crossOrigin();
}

/** Empty if it is not only a host: `evil@localhost` has a user name too. */
function hostNameIn(host = ''): string {
  if (!URL.canParse(`http://${host}`)) return '';
  const { href, origin, hostname } = new URL(`http://${host}`);
  return href === `${origin}/` ? hostname : '';
}

/** An address as in a URL. */
function addressOf(local = ''): string {
  const address = local.replace(/^::ffff:(?=\d+\.)/, '');
  return address.includes(':') ? `[${address}]` : address;
}
