import { describe, expect } from 'vitest';
import { gzipSync } from 'node:zlib';
import type { Answer } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const NAME = 'Café Müller';
const BODY = JSON.stringify({ name: NAME });
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

const it = paydeskTest().extend(
  'put',
  ({ paydesk, shop }) =>
    async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> => {
      const response = await fetch(`${paydesk.url}/customers/user-1?tenant=acme`, {
        method: 'PUT',
        headers: { ...shop.authorization, 'content-type': 'application/json', ...headers },
        body,
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
);

describe('a body', () => {
  it.for<[string, Uint8Array<ArrayBuffer>, Record<string, string>]>([
    ['in UTF-8', Buffer.from(BODY), {}],
    ['with a byte order mark', Buffer.concat([BOM, Buffer.from(BODY)]), {}],
    ['declared as UTF-8', Buffer.from(BODY), { 'content-type': 'application/json; charset="UTF-8"' }],
    ['declared as utf8', Buffer.from(BODY), { 'content-type': 'Application/JSON;charset=utf8' }],
    ['with an empty Content-Encoding', Buffer.from(BODY), { 'content-encoding': '' }],
    ['with the identity encoding', Buffer.from(BODY), { 'content-encoding': 'Identity' }],
  ])('%s is read', async ([_what, body, headers], { put }) => {
    expect(await put(body, headers)).toMatchObject({ status: 200, body: { name: NAME } });
  });

  it.for<[string, Uint8Array<ArrayBuffer>]>([
    ['in Latin-1', Buffer.from(BODY, 'latin1')],
    ['in UTF-16', Buffer.from(BODY, 'utf16le')],
    ['with an encoded surrogate', Buffer.from('7b226e616d65223a22eda080227d', 'hex')],
    ['with an overlong encoding', Buffer.from('7b226e616d65223a22c0af227d', 'hex')],
    ['that ends within a character', Buffer.from('7b226e616d65223a22c3227d', 'hex')],
  ])('%s is 400', async ([_what, body], { put }) => {
    const answer = await put(body);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([{ field: 'body', message: 'is not valid UTF-8' }]);
  });

  it.for<[string, Record<string, string>]>([
    ['declared as Latin-1', { 'content-type': 'application/json; charset=iso-8859-1' }],
    ['declared as UTF-16', { 'content-type': 'application/json; charset="utf-16"' }],
    ['declared with spaces', { 'content-type': 'application/json ; charset = latin1' }],
    ['declared twice', { 'content-type': 'application/json; charset=utf-8; charset=latin1' }],
    ['with an empty charset', { 'content-type': 'application/json; charset=""' }],
    ['declared as gzip', { 'content-encoding': 'gzip' }],
    ['declared as gzip and identity', { 'content-encoding': 'identity, gzip' }],
  ])('%s is 415', async ([_what, headers], { put }) => {
    expectProblem(await put(Buffer.from(BODY), headers), 'unsupported-media-type');
  });

  it('that is compressed is 415', async ({ put }) => {
    const compressed = new Uint8Array(gzipSync(BODY));
    expectProblem(await put(compressed, { 'content-encoding': 'gzip' }), 'unsupported-media-type');
  });
});
