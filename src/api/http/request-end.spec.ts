import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type FastifyInstance, fastify, type FastifyReply, type RouteOptions } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onceEnded, trackHandlers, trackWork } from './request-end.js';

/** What a handler waits for. */
interface Gate {
  opened: Promise<void>;
  open: () => void;
}

function gateOf(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A server that counts its requests, and one connection to it. */
async function serve(route: Partial<RouteOptions>, addHooks = (_server: FastifyInstance) => {}) {
  const server = fastify();
  let begun = 0;
  let ended = 0;
  let gone = 0;
  trackHandlers(server);
  server.addHook('onRequest', (request, reply, done) => {
    onceEnded(request.raw, reply.raw, () => (ended += 1));
    reply.raw.once('close', () => (gone += 1));
    done();
  });
  addHooks(server);
  server.route({
    method: 'POST',
    url: '/',
    handler: () => undefined,
    preHandler: (_request, _reply, done) => {
      begun += 1;
      done();
    },
    ...route,
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  const send = (body = '{}') => {
    const type = body === '' ? '' : 'Content-Type: application/json\r\n';
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`);
  };
  const leave = async () => {
    socket.destroy();
    await expect.poll(() => gone).toBe(1);
  };
  return { socket, send, leave, begunCount: () => begun, endedCount: () => ended };
}

async function textOf(socket: Socket): Promise<string> {
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

type Handle = (reply: FastifyReply, opened: Promise<void>) => unknown;

describe.for<[what: string, handle: Handle, answer: RegExp]>([
  ['answers', async (_reply, opened) => opened.then(() => 'done'), /^HTTP\/1\.1 200/],
  ['fails', async (_reply, opened) => opened.then(() => Promise.reject(new Error())), /^HTTP\/1\.1 500/],
  ['redirects', async (reply, opened) => opened.then(() => reply.redirect('/b', 303)), /^HTTP\/1\.1 303/],
  ['sends a stream', async (_reply, opened) => opened.then(() => Readable.from(['done'])), /^HTTP\/1\.1 200/],
  [
    'sends by itself',
    async (reply, opened) => {
      await opened;
      void reply.send('done');
    },
    /^HTTP\/1\.1 200/,
  ],
  [
    'takes the response from Fastify',
    async (reply, opened) => {
      reply.hijack();
      await opened;
      reply.raw.end('done');
    },
    /^HTTP\/1\.1 200/,
  ],
])('a request whose handler %s', ([, handle, answer]) => {
  it('has ended once it is answered', async () => {
    const gate = gateOf();
    const server = await serve({ handler: async (_request, reply) => handle(reply, gate.opened) });
    server.send();
    await expect.poll(server.begunCount).toBe(1);
    expect(server.endedCount()).toBe(0);
    gate.open();
    expect(await textOf(server.socket)).toMatch(answer);
    await expect.poll(server.endedCount).toBe(1);
    server.send();
    await expect.poll(server.endedCount).toBe(2);
  });

  it('has ended once its handler has, if its client has gone', async () => {
    const gate = gateOf();
    const server = await serve({ handler: async (_request, reply) => handle(reply, gate.opened) });
    server.send();
    await expect.poll(server.begunCount).toBe(1);
    await server.leave();
    expect(server.endedCount()).toBe(0);
    gate.open();
    await expect.poll(server.endedCount).toBe(1);
  });
});

describe.for<[what: string, route: Partial<RouteOptions>, body?: string]>([
  ['whose body is invalid', {}, '{'],
  ['that a hook refuses', { preHandler: (_request, _reply, done) => done(new Error()) }],
  ['whose hook fails later', { preHandler: async () => Promise.reject(new Error()) }],
  [
    'whose answer is refused by a hook',
    { handler: async () => 'done', onSend: async () => Promise.reject(new Error()) },
  ],
  ['whose handler fails at once', { handler: () => { throw new Error(); } }], // prettier-ignore
  ['whose handler returns nothing', { handler: (_request, reply) => void reply.send('done') }],
  ['whose stream fails', { handler: async () => new Readable({ read() { this.destroy(new Error()); } }) }], // prettier-ignore
])('a request %s', ([, route, body]) => {
  it('has ended once it is answered', async () => {
    const server = await serve(route);
    server.send(body);
    await expect.poll(server.endedCount).toBe(1);
  });
});

it('a stream that a client has left ends', async () => {
  const stream = new Readable({ read: () => undefined });
  stream.push('begun');
  const server = await serve({ handler: async () => stream });
  server.send();
  await textOf(server.socket);
  await server.leave();
  await expect.poll(server.endedCount).toBe(1);
  expect(stream.destroyed).toBe(true);
});

it('no handler is started for a client that has gone', async () => {
  const gate = gateOf();
  let handled = 0;
  let admitted = 0;
  const server = await serve({ handler: async () => (handled += 1) }, (instance) => {
    instance.addHook('onRequest', (request) => {
      admitted += 1;
      return trackWork(request, gate.opened);
    });
  });
  server.send('');
  await expect.poll(() => admitted).toBe(1);
  await server.leave();
  expect(server.endedCount()).toBe(0);
  gate.open();
  await expect.poll(server.endedCount).toBe(1);
  await expect.poll(server.begunCount).toBe(1);
  expect(handled).toBe(0);
});
