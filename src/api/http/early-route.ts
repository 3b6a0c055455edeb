import type { RequestHead } from './whole-request.js';

/** As probes send it: one with parameters, or with characters encoded, is an ordinary request. */
const PROBE = /^\/health\/(live|ready)$/;
const PROBE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);
/**
 * The first part of a path that needs a credential. It is plain, because the router decodes what is encoded: `/%64ocs` is
 * `/docs`.
 */
const OF_CALLERS = /^\/(?!(?:confirm|docs|health|webhooks)(?:[/?]|$))[a-z-]+(?:[/?]|$)/;

/** Whether a request is a caller's, as far as that is known before it is routed and authenticated. */
export function isOfCaller({ url = '', headers }: RequestHead): boolean {
  return headers.authorization !== undefined && OF_CALLERS.test(url);
}

/**
 * Whether a request is the probe of an orchestrator, or the preflight of a browser:
 * https://fetch.spec.whatwg.org/#cors-preflight-request
 */
export function isProbeOrPreflight({ method, url = '', headers }: RequestHead): boolean {
  if (method === 'OPTIONS') return headers['access-control-request-method'] !== undefined;
  return PROBE_METHODS.has(method) && PROBE.test(url);
}
