import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a receiver has got. */
export interface Received {
  /** The path and the query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** As it was sent. */
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- any JSON
  body: any;
}

/** A server that notifications are delivered to. */
export interface Receiver {
  url: string;
  /** The requests so far. */
  received: Received[];
  /** How it answers; 204 by default. */
  answer: RequestListener;
  close(): Promise<void>;
}

/** Starts one on a loopback address. The caller must close it. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      receiver.received.push({
        url: String(request.url),
        headers: request.headers,
        text,
        body: JSON.parse(text),
      });
      receiver.answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    answer: (_request, response) => void response.writeHead(204).end(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/** A receiver for one test: `.extend('receiver', receiverFixture)`. */
export async function receiverFixture(
  // oxlint-disable-next-line no-empty-pattern -- vitest wants to see that it uses no fixture
  {},
  { onCleanup }: { onCleanup: (clean: () => Promise<void>) => void },
) {
  const receiver = await startReceiver();
  onCleanup(() => receiver.close());
  return receiver;
}
