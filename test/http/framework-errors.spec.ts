import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, parseResponse } from '../support/raw-request.js';

const it = paydeskTest();

describe('what Fastify and its plugins refuse is a problem without an alert', () => {
  it.afterAll(({ paydesk }) => expect(paydesk.log).toEqual([]));

  it.for<[what: string, target: string, headers: string, status: number, slug: string]>([
    ['an empty segment', '/docs//x', '', 404, 'not-found'],
    ['a parent folder', '/docs/%5c..', '', 404, 'not-found'],
    ['a backslash', '/docs/..%5cx', '', 404, 'not-found'],
    ['the folder itself', '/docs/./x', '', 404, 'not-found'],
    ['a NUL', '/docs/%00', '', 404, 'not-found'],
    ['a long file name', `/docs/${'x'.repeat(5000)}`, '', 404, 'not-found'],
    ['a bad escape', '/docs/%zz', '', 400, 'invalid-request'],
    ['a long parameter', `/operations/${'x'.repeat(5000)}`, '', 400, 'invalid-request'],
    [
      'a range after the end',
      '/docs/swagger-ui.css',
      'Range: bytes=99999999-\r\n',
      416,
      'range-not-satisfiable',
    ],
    ['a reversed range', '/docs/swagger-ui.css', 'Range: bytes=5-1\r\n', 416, 'range-not-satisfiable'],
    ['a condition', '/docs/swagger-ui.css', 'If-Match: "x"\r\n', 400, 'invalid-request'],
  ])('%s', async ([_what, target, headers, status, slug], { paydesk }) => {
    const request = `GET ${target} HTTP/1.1\r\nHost: paydesk\r\n${headers}Connection: close\r\n\r\n`;
    const response = parseResponse(await exchange(paydesk.url, request));
    expect(response.document).toMatchObject({ type: `urn:paydesk:${slug}`, status });
    expect(response.status).toBe(status);
  });
});
