import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeRequest } from './whole-request.js';

const of = (text: string) => wholeRequest(Buffer.from(text, 'latin1'));

describe('wholeRequest', () => {
  it('is the head of a request with its body', () => {
    expect(
      of('POST /pay?a=1 HTTP/1.1\r\nHost: a\r\nX-Request-Id:  b c \r\nContent-Length: 2\r\n\r\n{}'),
    ).toEqual({
      method: 'POST',
      url: '/pay?a=1',
      headers: { host: 'a', 'x-request-id': 'b c', 'content-length': '2' },
    });
    expect(of('GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n')?.method).toBe('GET');
  });

  it('has the decisive fields only', () => {
    const fields = 'Host-Name: b\r\nX-Host: c\r\nAccept: d\r\nAccept: e\r\n__proto__: f\r\nhost: a';
    expect(of(`GET / HTTP/1.1\r\n${fields}\r\n\r\n`)?.headers).toEqual({ host: 'a' });
  });

  it.each([
    ['a part of a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a part of a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{}'],
    ['more than a request', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n{}'],
    ['two requests', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\n{}'],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}'],
    ['another coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a body of a GET', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}'],
    ['a HEAD, whose answer has no body', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a preflight', 'OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nAccept: a\r\n\r\n'],
    ['a connection that ends', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a proxy connection', 'GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n'],
    ['an expectation', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n'],
    ['an origin', 'GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n'],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: a\r\nAccept : b\r\n\r\n'],
    ['a single line feed', 'GET / HTTP/1.1\r\nHost: a\nAccept: b\r\n\r\n'],
    ['a tab after a length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\t\r\n\r\n{}'],
    ['a head that is too long', `GET / HTTP/1.1\r\nHost: a\r\nAccept: ${'b'.repeat(16 * 1024)}\r\n\r\n`],
  ])('leaves %s to the parser', (_name, text) => {
    expect(of(text)).toBeUndefined();
  });

  it("is what Node's parser reads, as one request", async () => {
    const request = fc.constantFrom<string[]>(
      'GET /a HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\n',
      'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nAccept: b\r\n\r\n{}',
    );
    const piece = fc.constantFrom(
      '\r',
      '\n',
      ' ',
      '\t',
      '0',
      '2',
      ':',
      ',',
      'é',
      '\0',
      'Accept: c\r\n',
      '{}',
    );
    const edit = fc.noBias(
      fc.record({ at: fc.nat({ max: 100 }), removed: fc.constantFrom(0, 0, 0, 1, 2), piece }),
    );
    let foundCount = 0;
    await fc.assert(
      fc.asyncProperty(request, fc.array(edit, { minLength: 1, maxLength: 2 }), async (whole, edits) => {
        const text = edits.reduce((before, { at, removed, piece: added }) => {
          const index = at % before.length;
          return before.slice(0, index) + added + before.slice(index + removed);
        }, whole);
        const found = of(text);
        if (!found) return;
        foundCount += 1;
        expect(await parse(text)).toEqual([found]);
      }),
      { numRuns: 1000 },
    );
    expect(foundCount).toBeGreaterThan(10);
  });
});

function decisive({ host, 'content-length': length }: IncomingHttpHeaders) {
  return { host, ...(length !== undefined && { 'content-length': length }) };
}

/** The requests that Node's parser finds. */
async function parse(text: string) {
  const found: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  const server = createServer((request, response) => {
    found.push({ method: request.method, url: request.url, headers: decisive(request.headers) });
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(text, 'latin1');
  socket.resume();
  await once(socket, 'close');
  server.close();
  return found;
}
