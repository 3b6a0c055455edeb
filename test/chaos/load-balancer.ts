import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerPool } from './client.js';

/** By then the instance has read the request, and has not yet answered. */
const ARRIVED_MS = 3;
const BAD_GATEWAY = 502;

/** A server with an address that stays, which passes Stripe's events to the instances in turn. */
export interface LoadBalancer {
  url: string;
  close(): Promise<void>;
}

/** Starts one, which kills an instance at planned moments of an event's delivery. */
export async function startLoadBalancer(servers: ServerPool): Promise<LoadBalancer> {
  let turn = 0;
  const server = createServer((request, response) => {
    turn += 1;
    pass(servers, turn, request, response).catch(() => response.writeHead(BAD_GATEWAY).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass(
  servers: ServerPool,
  turn: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  const { number, url } = await servers.next(turn);
  const answering = fetch(url + request.url, {
    method: request.method ?? 'POST',
    headers: {
      'content-type': String(request.headers['content-type']),
      'stripe-signature': String(request.headers['stripe-signature']),
    },
    body,
  });
  void delay(ARRIVED_MS).then(() => servers.killIfPlanned(number, 'as an event arrives'));
  const answer = await answering;
  await answer.arrayBuffer();
  const isKilled = servers.killIfPlanned(number, 'before an event is answered');
  response.writeHead(isKilled ? BAD_GATEWAY : answer.status).end();
}
