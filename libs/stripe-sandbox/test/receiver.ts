import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';

/** A webhook that was received. */
export interface Received {
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

/** A webhook endpoint, which is closed when the test ends. */
export interface Receiver {
  url: string;
  received: Received[];
  /** The received events, verified as the documentation says. */
  events(secret: string): Stripe.Event[];
  /** The status of the next responses; null for no response. */
  answer: number | null;
}

/** The target of redirects, which responds with 200. */
const ELSEWHERE = '/elsewhere';

export async function openReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (request.url === ELSEWHERE) return void response.end();
      receiver.received.push({ body, headers: request.headers });
      if (receiver.answer !== null) response.writeHead(receiver.answer, { location: ELSEWHERE }).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    events: (secret) => receiver.received.map((each) => verified(each, secret)),
    answer: 200,
  };
  return receiver;
}

/** Verifies at the time of the sandbox's clock. Source: https://docs.stripe.com/webhooks#verify-official-libraries. */
function verified({ body, headers }: Received, secret: string): Stripe.Event {
  const header = headers['stripe-signature'] as string;
  const sentAtMs = Number(/^t=(\d+)/.exec(header)?.[1]) * 1000;
  return Stripe.webhooks.constructEvent(body, header, secret, undefined, undefined, sentAtMs);
}
