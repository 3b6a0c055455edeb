import type { IncomingHttpHeaders } from 'node:http';

const SHORT_BODY_MAX_BYTES = 100 * 1024;

/**
 * Whether the body of a request that is refused may be long: then its connection is closed. Node reads a short one to its
 * end, so that the connection can be used again.
 */
export function mayHaveLongBody(headers: IncomingHttpHeaders): boolean {
  return (
    headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > SHORT_BODY_MAX_BYTES
  );
}
